package dev.rebind.child;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DeprecatedMetersTest {
    @Test
    @DisplayName("When a meter has a new name, then the old one works too, and names the new one and when it goes")
    void renamed() {
        try (var scrape = new Scrape()) {
            Timer.builder("rebind.experiment.restart.to.bound")
                    .description("From the order to stop the old server until the new one was bound")
                    .tags("namespace", "lab", "experiment", "one")
                    .serviceLevelObjectives(Duration.ofSeconds(1))
                    .register(scrape.registry())
                    .record(Duration.ofMillis(500));

            String text = scrape.text();

            for (String name :
                    new String[] {"rebind_experiment_restart_to_bound_seconds", "rebind_experiment_rebind_seconds"}) {
                assertThat(text.lines())
                        .as(name)
                        .contains(
                                "# TYPE " + name + " histogram",
                                name + "_bucket{experiment=\"one\",namespace=\"lab\",le=\"1.0\"} 1",
                                name + "_count{experiment=\"one\",namespace=\"lab\"} 1",
                                name + "_sum{experiment=\"one\",namespace=\"lab\"} 0.5")
                        .containsOnlyOnce("# TYPE " + name + " histogram");
            }
            assertThat(text)
                    .contains("# HELP rebind_experiment_rebind_seconds Deprecated, gone in 0.2.0: take"
                            + " rebind_experiment_restart_to_bound_seconds\n")
                    .doesNotContain("rebind_rebind_duration_seconds");
        }
    }
}
