package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.agent.clients.ClientGroup.Service;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class IdleConnectionsTest {
    private static final Duration WATCHED = Duration.ofMillis(5);
    private static final Duration AT_MOST = Duration.ofMillis(100);

    private final IdleConnections holding = new IdleConnections(WATCHED);

    private Service fresh(ClientGroup clients) throws InterruptedException {
        return holding.fresh(new TimedClients(clients), true, AT_MOST, () -> false);
    }

    @Test
    @DisplayName("When the new server ends connections at once that the old one held, then it does not serve")
    void heldOnlyBefore() throws InterruptedException {
        holding.old(new TimedClients(new Seen(0)));

        assertThat(fresh(new Seen(3)))
                .isInstanceOfSatisfying(
                        Service.Unserved.class,
                        unserved -> assertThat(unserved.why()).contains("accepts their connections and ends them"));
        assertThat(holding.warning()).isEmpty();
    }

    @Test
    @DisplayName("When both hold them, then the new one serves")
    void heldByBoth() throws InterruptedException {
        holding.old(new TimedClients(new Seen(0)));

        assertThat(fresh(new Seen(0))).isInstanceOf(Service.Served.class);
        assertThat(holding.warning()).isEmpty();
    }

    @Test
    @DisplayName("When the new server ends connections for a while and holds them then, then it serves")
    void heldAtLast() throws InterruptedException {
        holding.old(new TimedClients(new Seen(0)));

        assertThat(fresh(new Seen(1) {
                    private int reports;

                    @Override
                    boolean ends() {
                        return reports++ < 4;
                    }
                }))
                .isInstanceOf(Service.Served.class);
    }

    @Test
    @DisplayName("When the old server ended them as well, then nothing is said against the new one, and that is told")
    void heldByNone() throws InterruptedException {
        holding.old(new TimedClients(new Seen(2)));

        assertThat(fresh(new Seen(2))).isInstanceOf(Service.Served.class);
        assertThat(holding.warning()).isPresent();
    }

    /** Five connections are there at each report, and so many have been ended, and made again, since the last one. */
    private static class Seen implements ClientGroup {
        private final int endsEach;
        private long ends;

        Seen(int endsEach) {
            this.endsEach = endsEach;
        }

        boolean ends() {
            return true;
        }

        @Override
        public void order(ClientOrder order) {}

        @Override
        public ClientReport report() {
            ends += ends() ? endsEach : 0;
            return CycleRecorderTest.report(5, 5 + ends, ends, null);
        }

        @Override
        public String condition() {
            return "";
        }

        @Override
        public void close() {}
    }
}
