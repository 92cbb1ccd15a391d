package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.clients.ClientGroup.Service;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ServiceRecoveryTest {
    @Test
    @DisplayName("A server that serves its clients and runs on has come back")
    void served() {
        var served = new ServiceRecovery(new Service.Served(), null);

        assertThat(served.served()).isTrue();
        assertThat(served.unserved()).isNull();
        assertThat(served.warnings()).isEmpty();
    }

    @Test
    @DisplayName("A server that does not serve its clients in time has not come back, and what they saw is said")
    void unserved() {
        var served = new ServiceRecovery(new Service.Unserved("0 of 5 were answered within 30 s"), null);

        assertThat(served.served()).isFalse();
        assertThat(served.unserved())
                .isEqualTo("It was bound and did not serve its clients: 0 of 5 were answered within 30 s.");
        assertThat(served.warnings())
                .containsExactly("Clients were not served again: 0 of 5 were answered within 30 s.");
    }

    @Test
    @DisplayName("A server that has served its clients and then ended by itself has not come back")
    void ended() {
        var served = new ServiceRecovery(new Service.Served(), 7);

        assertThat(served.served()).isFalse();
        assertThat(served.unserved()).contains("ended by itself with exit code 7");
        assertThat(served.warnings()).singleElement().asString().contains("exit code 7");
    }

    @Test
    @DisplayName("Where the clients do not answer, or nobody waited for them, it is not known, and no server is blamed")
    void notKnown() {
        var silent = new ServiceRecovery(new Service.Unknown("the clients' process does not answer: it runs"), null);

        assertThat(silent.served()).isNull();
        assertThat(silent.unserved()).isNull();
        assertThat(silent.untold()).isEqualTo(silent.warnings().getFirst());
        assertThat(silent.warnings()).singleElement().asString().contains("is not known");
        assertThat(new ServiceRecovery(null, null).served()).isNull();
    }
}
