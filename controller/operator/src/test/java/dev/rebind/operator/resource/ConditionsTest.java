package dev.rebind.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.operator.resource.ExperimentStatus.Condition;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConditionsTest {
    private static final Instant EARLY = Instant.parse("2026-01-01T00:00:00.123Z");
    private static final Instant LATE = Instant.parse("2026-01-01T00:05:00Z");

    private final List<Condition> before =
            Conditions.with(List.of(), "Accepted", Truth.False, "TargetHeld", "held by one", 1L, EARLY);

    @Test
    @DisplayName("When a condition is new, then it is added with the time in whole seconds")
    void added() {
        assertThat(before)
                .containsExactly(new Condition(
                        "Accepted", Truth.False, 1L, "2026-01-01T00:00:00Z", "TargetHeld", "held by one"));
    }

    @Test
    @DisplayName("When only reason or message change, then the time of the transition stays")
    void sameStatus() {
        assertThat(Conditions.with(before, "Accepted", Truth.False, "NoTarget", "there is none", 2L, LATE))
                .containsExactly(new Condition(
                        "Accepted", Truth.False, 2L, "2026-01-01T00:00:00Z", "NoTarget", "there is none"));
    }

    @Test
    @DisplayName("When the status changes, then so does the time of the transition")
    void otherStatus() {
        assertThat(Conditions.with(before, "Accepted", Truth.True, "Accepted", "the experiment can run", 1L, LATE))
                .singleElement()
                .extracting(Condition::lastTransitionTime)
                .isEqualTo(LATE.toString());
    }

    @Test
    @DisplayName("When one of several is set, then the others and their order stay, and each type is there once")
    void others() {
        List<Condition> two = Conditions.with(before, "Running", Truth.True, "Running", "it runs", 1L, EARLY);
        List<Condition> changed =
                Conditions.with(two, "Accepted", Truth.True, "Accepted", "the experiment can run", 1L, LATE);
        assertThat(changed).extracting(Condition::type).containsExactly("Accepted", "Running");
        assertThat(changed.getLast()).isEqualTo(two.getLast());
        assertThat(Conditions.of(changed, "Running")).contains(two.getLast());
        assertThat(Conditions.of(changed, "Passed")).isEmpty();
    }
}
