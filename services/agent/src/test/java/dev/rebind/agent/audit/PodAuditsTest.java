package dev.rebind.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.PodsAudit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The audits of an agent")
class PodAuditsTest {
    private final AtomicLong clock = new AtomicLong();
    private final List<Set<String>> looks = new ArrayList<>();
    private long takes = TimeUnit.MILLISECONDS.toNanos(10);
    private final PodAudits audits = new PodAudits(
            pods -> {
                looks.add(pods);
                clock.addAndGet(takes);
                return new PodsAudit(Instant.EPOCH, List.of(), List.of(new PodsAudit.Untold("a", "it is so")), 0);
            },
            clock::get);

    @Test
    @DisplayName("are ten seconds apart, however often they are asked for")
    void apart() {
        audits.of(Set.of("a", "b"));
        clock.addAndGet(TimeUnit.SECONDS.toNanos(10) - 1);
        audits.of(Set.of("a"));
        assertThat(looks).hasSize(1);
        clock.addAndGet(1);
        audits.of(Set.of("a"));
        assertThat(looks).containsExactly(Set.of("a", "b"), Set.of("a"));
    }

    @Test
    @DisplayName("take a tenth of the time at most, where one takes long")
    void tenth() {
        takes = TimeUnit.SECONDS.toNanos(20);
        audits.of(Set.of("a"));
        clock.addAndGet(TimeUnit.SECONDS.toNanos(180) - 1);
        audits.of(Set.of("a"));
        assertThat(looks).hasSize(1);
        clock.addAndGet(1);
        audits.of(Set.of("a"));
        assertThat(looks).hasSize(2);
    }

    @Test
    @DisplayName("say of a pod that the last one did not look at that it is untold, and tell nothing of others")
    void part() {
        audits.of(Set.of("a"));
        assertThat(audits.of(Set.of("b")).untold())
                .containsExactly(new PodsAudit.Untold("b", "the last audit was before it was asked about"));
        assertThat(audits.of(Set.of("a")).untold()).containsExactly(new PodsAudit.Untold("a", "it is so"));
    }
}
