package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReplacementTest {
    private static final Replacement ORDERED = new Replacement.Ordered(1_000_000, Set.of("uid-web-0"));

    @Test
    @DisplayName("When no container was told to end, then a container that runs is none that has replaced another")
    void none() {
        Replacement none = new Replacement.None().started(2_000_000);

        assertThat(none).isEqualTo(new Replacement.None());
        assertThat(none.isOrdered()).isFalse();
        assertThat(none.replaced()).isEmpty();
        assertThat(none.millis()).isNull();
    }

    @Test
    @DisplayName("When a container was told to end, then its pods are known, and no start is")
    void ordered() {
        assertThat(ORDERED.isOrdered()).isTrue();
        assertThat(ORDERED.replaced()).containsExactly("uid-web-0");
        assertThat(ORDERED.millis()).isNull();
    }

    @Test
    @DisplayName("When the new container is seen again and again, then the first time counts, from the order")
    void started() {
        Replacement started = ORDERED.started(4_500_000).started(9_000_000);

        assertThat(started.isOrdered()).isTrue();
        assertThat(started.replaced()).containsExactly("uid-web-0");
        assertThat(started.millis()).isEqualTo(3.5);
    }
}
