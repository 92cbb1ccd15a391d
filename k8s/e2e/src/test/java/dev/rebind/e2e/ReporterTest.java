package dev.rebind.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Lane;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class ReporterTest {
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    /** One check of each kind; the tag keeps them from the build, so that only {@link ReporterTest} runs them. */
    @Tag(Check.TAG)
    static class Checks {
        @Test
        @DisplayName("a/passes")
        void passes(TestReporter reporter) {
            reporter.publishEntry(Map.of(Lane.SEEN, "3 of 3 bound", "cycles a minute", "77"));
        }

        @Test
        @DisplayName("a/fails")
        void fails() {
            throw new AssertionError("phase: expected Completed\nseen Aborted");
        }

        @Test
        @DisplayName("a/cannot-be-tried")
        void skipped() {
            Assumptions.abort("the cluster has one node");
        }

        @Test
        @Disabled("no PROMETHEUS_URL")
        @DisplayName("a/needs-more")
        void disabled() {}

        @Test
        @DisplayName("a/breaks")
        void breaks() {
            throw new IllegalStateException("unforeseen");
        }
    }

    private boolean summary(String... checks) {
        var reporter = new Reporter(new PrintStream(told, true, StandardCharsets.UTF_8));
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(Checks.class))
                                .build(),
                        reporter);
        return reporter.summary(List.of(checks));
    }

    @Test
    @DisplayName(
            "When checks end, then each has its line with the reason, and the table has them in the order of the plan")
    void lines() {
        assertThat(summary("a/passes", "a/fails", "a/cannot-be-tried", "a/needs-more", "a/breaks"))
                .isFalse();
        String text = told.toString(StandardCharsets.UTF_8);
        assertThat(text)
                .containsPattern("(?m)^passed: a/passes \\(\\d+\\.\\d s\\): 3 of 3 bound$")
                .containsPattern("(?m)^failed: a/fails \\(\\d+\\.\\d s\\): phase: expected Completed\nseen Aborted$")
                .contains("skipped: a/cannot-be-tried", "the cluster has one node")
                .contains("skipped: a/needs-more", "no PROMETHEUS_URL")
                .contains("an error of the test itself: java.lang.IllegalStateException: unforeseen")
                .contains("1 passed, 2 failed, 2 skipped")
                .contains("cycles a minute: 77");
        String table = text.substring(text.indexOf("─"));
        assertThat(table)
                .containsSubsequence("a/passes ", "a/fails ", "a/cannot-be-tried ", "a/needs-more ", "a/breaks ");
        assertThat(text.substring(text.lastIndexOf("\nfailed\n")))
                .startsWith("\nfailed\n  a/fails: phase: expected Completed\n    seen Aborted\n  a/breaks: ")
                .contains("java.lang.IllegalStateException: unforeseen")
                .doesNotContain("a/passes", "a/needs-more");
    }

    @Test
    @DisplayName("When a check of the plan was not carried out, then it has failed")
    void missing() {
        summary("a/passes", "a/never-begun");
        assertThat(told.toString(StandardCharsets.UTF_8))
                .containsPattern("a/never-begun +failed +0\\.0 +it was not carried out")
                .endsWith("failed\n  a/never-begun: it was not carried out\n");
    }
}
