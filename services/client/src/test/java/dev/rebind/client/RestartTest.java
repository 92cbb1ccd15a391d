package dev.rebind.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.child.protocol.StopWay;
import dev.rebind.client.connection.ClientSettings.Behaviour;
import dev.rebind.client.protocol.ClientEvent.Connected;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.server.listener.ServerSettings.Service;
import dev.rebind.sockets.posix.FreePorts;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The service from outside, over a restart")
class RestartTest {
    private final ClientFixture fixture = new ClientFixture(FreePorts.next());

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    @DisplayName("The server closes and comes back: ends, refused attempts, one outage with both its answers")
    void closed(Service service) throws Exception {
        var old = fixture.server(1, service);
        fixture.client(5, Behaviour.echo);
        fixture.await(Connected.class);
        fixture.mark();

        old.stop(StopWay.close);
        // The server closes its connections on several event loops: on a busy machine the last one ends after the first
        // clients
        // are refused.
        await().until(() -> fixture.report().ends() == 5
                && fixture.report().failedConnects().getOrDefault("ECONNREFUSED", 0L) > 5);
        ClientReport meanwhile = fixture.report();
        assertThat(meanwhile.downtimeMs()).isNull();
        assertThat(meanwhile.firstGoodAnswerAt()).isNull();
        assertThat(meanwhile.lastGoodAnswerAt()).isNotNull();
        assertThat(meanwhile.connections()).isZero();
        fixture.server(2, service);
        fixture.await(Connected.class);

        ClientReport report = fixture.report();
        assertThat(report.ends()).isEqualTo(5);
        assertThat(report.resets()).isZero();
        assertThat(report.connections()).isEqualTo(5);
        assertThat(report.served()).isEqualTo(5);
        assertThat(report.outages()).isEqualTo(1);
        assertThat(report.firstGoodGeneration()).isEqualTo(2);
        assertThat(report.generations()).containsKey(2);
        assertThat(report.lastGoodAnswerAt()).isEqualTo(meanwhile.lastGoodAnswerAt());
        assertThat(Duration.between(report.lastGoodAnswerAt(), report.firstGoodAnswerAt())
                        .toNanos())
                .isEqualTo(Math.round(Objects.requireNonNull(report.downtimeMs()) * 1e6));
        assertThat(report.firstGoodAnswerAt()).isAfter(meanwhile.at());
        assertThat(report.selfConnects()).isZero();
    }

    @Test
    @DisplayName("The server resets: resets, and an outage")
    void reset() throws Exception {
        var old = fixture.server(1, Service.echo);
        fixture.client(3, Behaviour.echo);
        fixture.await(Connected.class);
        fixture.mark();

        old.stop(StopWay.reset);
        fixture.server(2, Service.echo);
        fixture.await(Connected.class);

        ClientReport report = fixture.report();
        assertThat(report.resets()).isEqualTo(3);
        assertThat(report.ends()).isZero();
        assertThat(report.downtimeMs()).isPositive();
    }

    @Test
    @DisplayName("The old server serves its connections on: no outage, whatever the new one does")
    void kept() throws Exception {
        var old = fixture.server(1, Service.echo);
        fixture.client(3, Behaviour.echo);
        fixture.await(Connected.class);
        fixture.mark();

        old.closeListener();
        fixture.server(2, Service.echo);
        await().until(() -> fixture.report().answers() > 20);

        ClientReport report = fixture.report();
        assertThat(report.generations()).containsOnlyKeys(1);
        assertThat(report.outages()).isZero();
        assertThat(report.downtimeMs()).isNull();
    }

    @Test
    @DisplayName("Clients close first, and come back when told: every end is theirs")
    void closeFirst() throws Exception {
        var old = fixture.server(1, Service.echo);
        fixture.client(3, Behaviour.close_first);
        fixture.await(Connected.class);
        fixture.mark();

        fixture.tell(ClientOrder.close);
        await().until(() -> old.report().connections() == 0);
        assertThat(fixture.report().connections()).isZero();
        old.stop(StopWay.close);
        fixture.server(2, Service.echo);
        assertThat(fixture.report().connects()).isZero();
        fixture.tell(ClientOrder.resume);
        fixture.await(Connected.class);

        ClientReport report = fixture.report();
        assertThat(report.ends()).isZero();
        assertThat(report.resets()).isZero();
        assertThat(report.failedConnects()).isEmpty();
        assertThat(report.outages()).isEqualTo(1);
        assertThat(report.downtimeMs()).isPositive();
    }

    @Test
    @DisplayName("Clients that do not come back are there before the server: they wait for it, and are gone with it")
    void doNotComeBack() throws Exception {
        fixture.client(fixture.settings(2).withoutReconnect());
        await().until(() -> fixture.report().failedConnects().getOrDefault("ECONNREFUSED", 0L) > 2);
        var old = fixture.server(1, Service.echo);
        fixture.await(Connected.class);
        fixture.mark();

        old.stop(StopWay.close);
        await().until(() -> fixture.report().ends() == 2);
        var fresh = fixture.server(2, Service.echo);
        // Those that come back are served by it meanwhile.
        fixture.client(1, Behaviour.echo);
        fixture.await(Connected.class);

        assertThat(fresh.report().accepted()).isEqualTo(1);
    }

    @Test
    @DisplayName("The server never comes back: no downtime")
    void gone() throws Exception {
        var old = fixture.server(1, Service.echo);
        fixture.client(2, Behaviour.echo);
        fixture.await(Connected.class);
        old.stop(StopWay.close);
        await().until(() -> fixture.report().failedConnects().getOrDefault("ECONNREFUSED", 0L) > 5);

        ClientReport report = fixture.report();
        assertThat(report.downtimeMs()).isNull();
        assertThat(report.firstGoodAnswerAt()).isNull();
        assertThat(report.lastGoodAnswerAt()).isNotNull();
    }

    @Test
    @DisplayName("A mark forgets: counts and outages of the restart before are gone")
    void mark() throws Exception {
        var first = fixture.server(1, Service.echo);
        fixture.client(2, Behaviour.echo);
        fixture.await(Connected.class);
        first.stop(StopWay.close);
        fixture.server(2, Service.echo);
        fixture.await(Connected.class);

        fixture.mark();

        ClientReport report = fixture.report();
        assertThat(report.outages()).isZero();
        assertThat(report.ends()).isZero();
        assertThat(report.downtimeMs()).isNull();
        assertThat(report.generations()).doesNotContainKey(1);
    }
}
