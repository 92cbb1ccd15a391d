package dev.rebind.sockets.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.bind.Scene.Left;
import dev.rebind.sockets.bind.SceneCampaign.Report;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The comparison itself: a rule that is wrong is found out. */
class SceneShrinkerTest {
    private static final long SEED = 7;

    @Test
    @DisplayName(
            "When a rule ignores the old socket's SO_REUSEADDR, then scenes disagree, and shrink to one old socket")
    void finds_a_wrong_rule() throws Exception {
        Report report = SceneCampaign.run(
                40,
                SEED,
                (candidate, standing, bucket) -> BindRule.ask(
                                candidate,
                                standing.stream()
                                        .map(one -> one.withReuseAddress(true))
                                        .toList(),
                                MappedAddresses.here(),
                                bucket)
                        .passes());
        assertThat(report.failing()).isPositive();
        Scene smallest = report.failures().getFirst().scene();
        assertThat(smallest.old()).hasSize(1);
        assertThat(smallest.old()).extracting(Scene.Old::left).containsExactly(Left.BOUND);
        assertThat(smallest.java())
                .startsWith("new Scene(")
                .contains("new Old(new Settings(Family.IPV4, \"127.0.0.1\", ");
    }
}
