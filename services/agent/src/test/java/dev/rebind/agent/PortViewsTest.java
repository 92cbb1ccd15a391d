package dev.rebind.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.owners.Owners;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** On real sockets, beside as many others as the test says: a whole look takes as long as it makes the clock go on. */
@SuppressWarnings("try") // sockets are closed in the middle of what they are for
class PortViewsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration CROWDED = Duration.ofMillis(20);

    private final InetDiagReader kernel = new InetDiagReader();
    private final int port = FreePorts.next();
    private long nanos;
    private Duration cost = CROWDED;
    private int dumps;
    private final PortViews views = new PortViews(
            this::read, new Owners(), () -> Set.of(ProcessHandle.current().pid()), () -> nanos);
    private final PosixSocket listener;

    private Reading read(SocketQuery query) {
        dumps++;
        nanos += cost.toNanos() / 2;
        return kernel.read(query);
    }

    PortViewsTest() throws PosixException {
        listener = PosixSocket.open(Family.IPV4)
                .reuseAddress(true)
                .bind(new Endpoint(LOOPBACK, port))
                .listen(8);
    }

    @AfterEach
    void close() {
        views.close();
        listener.close();
    }

    private static List<TcpState> states(Reading reading) {
        return ((Snapshot) reading)
                .sockets().stream().map(TcpSocket::state).sorted().toList();
    }

    @Test
    @DisplayName("When whole looks are dear, then known sockets are asked for one by one: changes are seen, new sockets"
            + " later")
    void known() throws Exception {
        try (var client = PosixSocket.open(Family.IPV4).connect(listener.local());
                var accepted = listener.accept()) {
            PortView whole = views.quick(port);
            int before = dumps;

            PortView same = views.again(port).view();
            assertThat(states(same.local())).isEqualTo(states(whole.local())).contains(TcpState.ESTABLISHED);
            assertThat(states(same.remote())).containsExactly(TcpState.ESTABLISHED);
            assertThat(same.owners()).isEqualTo(whole.owners()).hasSize(2);

            accepted.close();
            await().until(() -> states(views.again(port).view().local()).contains(TcpState.FIN_WAIT_2));
            client.close();
            await().until(() -> states(views.again(port).view().local()).contains(TcpState.TIME_WAIT));
            try (var another = PosixSocket.open(Family.IPV4).connect(listener.local())) {
                assertThat(states(views.again(port).view().local()))
                        .containsExactlyInAnyOrder(TcpState.TIME_WAIT, TcpState.LISTEN);
                assertThat(views.again(port).whole()).isFalse();
                assertThat(dumps).isEqualTo(before);

                nanos += CROWDED.multipliedBy(10).toNanos();
                PortViews.Again due = views.again(port);
                assertThat(due.whole()).isTrue();
                assertThat(states(due.view().local())).contains(TcpState.ESTABLISHED);
                assertThat(another.local().port()).isPositive();
            }
        }
    }

    @Test
    @DisplayName("When a socket is reset, then it is gone at the next look, and is not asked for any more")
    void gone() throws Exception {
        try (var _ = PosixSocket.open(Family.IPV4).connect(listener.local());
                var accepted = listener.accept()) {
            views.quick(port);
            accepted.resetOnClose().close();
            assertThat(states(views.again(port).view().local())).containsExactly(TcpState.LISTEN);
            assertThat(states(views.again(port).view().local())).containsExactly(TcpState.LISTEN);
        }
    }

    @Test
    @DisplayName("When a look is for an explanation, then its view is of the same moment, and lacks bound sockets only")
    void full() throws Exception {
        try (var bound = PosixSocket.open(Family.IPV4).bind(new Endpoint(InetAddress.ofLiteral("127.0.0.2"), port))) {
            PortViews.Full look = views.full(port);

            assertThat(bound.local().port()).isEqualTo(port);
            assertThat(states(look.around())).containsExactlyInAnyOrder(TcpState.LISTEN, TcpState.CLOSED);
            assertThat(states(look.view().local())).containsExactly(TcpState.LISTEN);
            assertThat(look.view().owners()).hasSize(1);
            Snapshot around = (Snapshot) look.around();
            Snapshot local = (Snapshot) look.view().local();
            assertThat(local.takenNanos()).isEqualTo(around.takenNanos());
            assertThat(local.halfNanos()).isEqualTo(around.halfNanos()).isPositive();
        }
    }

    @Test
    @DisplayName("When a whole look costs less than the questions, then each look is whole")
    void cheap() {
        cost = Duration.ofNanos(2);
        views.quick(port);
        assertThat(views.again(port).whole()).isTrue();
    }

    @Test
    @DisplayName("When there are no questions any more, then each look is whole")
    void closed() {
        views.quick(port);
        assertThat(views.again(port).whole()).isFalse();
        views.close();
        assertThat(views.again(port).whole()).isTrue();
    }
}
