package dev.rebind.walk;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody sees who opens report.html after a failure. */
@DisplayName("The report")
class ReportPageTest {
    private static final int CYCLES = 12;

    /** Every second restart fails, and was expected to be bound; then one that fails as expected. */
    private static final String EXPERIMENTS = """
        apiVersion: rebind.dev/v1alpha1
        kind: RebindExperiment
        metadata:
          name: must-come-back
        spec:
          cycles: %d
          restart:
            mode: listener
          reuseAddress:
            sequence: [true, true, false]
          clients:
            connections: 1
          onFailure: move
          expect:
            outcome: bound
        ---
        apiVersion: rebind.dev/v1alpha1
        kind: RebindExperiment
        metadata:
          name: as-expected
        spec:
          cycles: 1
          restart:
            mode: listener
          reuseAddress:
            value: false
          onFailure: move
          expect:
            outcome: failed
            cause: time_wait
        """.formatted(CYCLES);

    @Test
    @DisplayName("When cycles have failed, then they come first, all are listed, and one is built when it is opened")
    void failures(@TempDir Path folder) throws Exception {
        Optional<Path> program = Chromium.installed();
        Assumptions.assumeTrue(program.isPresent(), "no Chromium here");
        Path pictures = Path.of(System.getProperty("rebind.pictures", folder.toString()));
        Files.createDirectories(pictures);
        Path report = run(folder);
        try (Chromium chromium = Chromium.start(program.orElseThrow(), pictures)) {
            for (int width : new int[] {1600, 1000, 390}) {
                Page page = chromium.open(
                        report.resolve("report.html").toUri().toString(),
                        width,
                        900,
                        width == 1000 ? ColorScheme.DARK : ColorScheme.LIGHT);
                reads(page, width);
                chromium.picture(page, "report-failures-" + width, false);
                page.context().close();
            }
            again(chromium, report);
            assertThat(chromium.complaints()).isEmpty();
        }
    }

    /** The folder in the live page: it is over, and its failures are there. */
    private static void again(Chromium chromium, Path report) throws Exception {
        try (OpenedReport opened = OpenedReport.start(Rebind.ROOT, report)) {
            Page page = chromium.open(opened.address(), 1600, 900, ColorScheme.LIGHT);
            assertThat(page.locator("#connection-text")).hasText("Finished");
            assertThat(page.locator("#where")).hasText("a report");
            assertThat(page.locator("#experiment-list")).containsText("as-expected");
            page.locator("#failure-open").click();
            assertThat(page.locator("#cycle-body")).containsText("SO_REUSEADDR");
            assertThat(page.locator("#cycle-body .sockets").first()).containsText("TIME_WAIT");
            for (String live : new String[] {
                "#pause",
                "#resume",
                "#abort",
                "#token-button",
                "#start-button",
                "#netstat-section",
                "#why-section",
                ".now-line"
            }) {
                assertThat(page.locator(live)).isHidden();
            }
            assertThat(Chromium.barriers(page)).isEmpty();
            chromium.picture(page, "report-opened-again", false);
            page.context().close();
        }
    }

    private static Path run(Path folder) throws Exception {
        Path file = folder.resolve("experiments.yaml");
        Files.writeString(file, EXPERIMENTS);
        Path printed = folder.resolve("printed.txt");
        Path report = folder.resolve("report");
        int exit = Rebind.run(printed, "run", "--report", report.toString(), file.toString());
        assertThat(exit).as(Files.readString(printed)).isEqualTo(1);
        assertThat(report.resolve("report.html")).as(Files.readString(printed)).exists();
        return report;
    }

    private static void reads(Page page, int width) {
        Locator failures = page.locator(".failures");
        assertThat(failures).containsText("must-come-back: failed, cause time_wait");
        assertThat(failures.locator(".prevent").first()).containsText("SO_REUSEADDR");
        assertThat((boolean) failures.evaluate("e => e.getBoundingClientRect().top < 400"))
                .isTrue();
        assertThat(page.locator("#filter-count")).hasText(CYCLES + 1 + " cycles");
        assertThat(page.locator("details.cycle")).hasCount(CYCLES + 1);
        assertThat(page.locator("#x1-1 .c-outcome")).hasText("failed, as expected: time_wait");
        assertThat((int) page.evaluate("document.documentElement.scrollWidth")).isLessThanOrEqualTo(width);

        // Not there before it is opened.
        Locator last = page.locator("#x0-" + CYCLES);
        assertThat(last.locator("svg")).hasCount(0);
        last.locator("summary").click();
        assertThat(last.locator(".body h3").first()).hasText("States over time");
        assertThat(last.locator("svg").first()).isVisible();
        // A link opens what it points at.
        failures.locator("a").first().click();
        assertThat(page.locator("details.cycle:target .body dl")).isVisible();
        assertThat(page.locator("details.cycle:target .sockets")).containsText("TIME_WAIT");
        page.locator("#filter-verdict").selectOption("Fail");
        assertThat(page.locator("#filter-count")).hasText(Pattern.compile("\\d+ of " + (CYCLES + 1) + " cycles"));
        assertThat(Chromium.barriers(page)).isEmpty();
        page.evaluate("scrollTo(0, 0)");
    }
}
