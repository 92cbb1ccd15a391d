package dev.rebind.walk;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody sees of a run that is over: of five thousand cycles, and of a minute in which nothing happened. Times are printed and
 * not asserted, as a machine may be busy: what is asserted is what makes a page fast.
 */
@DisplayName("A finished run")
class FinishedPageTest {
    private static final int CYCLES = 5_000;
    /** Every so many cycles one has failed. */
    private static final int ONE_OF = 100;
    /** One that failed, and that no page opens by itself. */
    private static final int FAILED = 48 * ONE_OF;

    /** Clicks, and returns how many milliseconds later the other thing was there; what never comes is given up after five minutes. */
    private static final String CLICK = """
        ([click, shown]) => new Promise((done) => {
          const began = performance.now();
          document.querySelector(click).click();
          const look = () => {
            const ms = Math.ceil(performance.now() - began);
            if (document.querySelector(shown) || ms > 300000) done(ms);
            else requestAnimationFrame(look);
          };
          look();
        })
        """;

    /** Milliseconds from the start of the page until the frame after the one in which an element had this text. */
    private static final String SHOWN_AFTER = """
        ([selector, text]) => new Promise((done) => {
          const look = () => requestAnimationFrame(() => {
            if (document.querySelector(selector)?.textContent === text || performance.now() > 300000) done(Math.ceil(performance.now()));
            else look();
          });
          look();
        })
        """;

    private static final String ELEMENTS = "document.querySelectorAll('*').length";

    /** Lines of cycles that are laid out: the browser leaves out those that are far from what is seen. */
    private static final String LAID_OUT = """
        [...document.querySelectorAll("details.cycle > summary")].filter((line) => line.checkVisibility({ contentVisibilityAuto: true })).length
        """;

    /** Words of the histogram of which a part is outside of the drawing, of its place or of the screen. */
    private static final String CUT_WORDS = """
        () => {
          const place = document.querySelector("#downtime-scroll").getBoundingClientRect();
          const svg = document.querySelector("#downtime-scroll svg").getBoundingClientRect();
          return [...document.querySelectorAll("#downtime-scroll text")].filter((text) => {
            const { left, right, top, bottom } = text.getBoundingClientRect();
            return left < Math.max(svg.left, place.left, 0) - 1 || right > Math.min(svg.right, place.right, innerWidth) + 1
              || top < Math.max(svg.top, place.top) - 1 || bottom > Math.min(svg.bottom, place.bottom) + 1;
          }).map((text) => text.textContent);
        }
        """;

    /** The part of the drawing's width that has what happened: from the old server to the failed bind, and from the bind to the end. */
    private static final String SHARE = """
        () => {
          const box = (selector) => document.querySelector("#port-drawing " + selector).getBoundingClientRect();
          const failed = box(".failure");
          const fresh = box("rect.g-new");
          return ((failed.left + failed.right) / 2 - box("rect.g-old").left + fresh.width) / box("svg").width;
        }
        """;

    private static final String DASHES = "e => getComputedStyle(e).strokeDasharray";

    private static Chromium chromium;
    private static MadeReport run;

    @TempDir
    static Path folder;

    @BeforeAll
    static void begin() throws Exception {
        Optional<Path> program = Chromium.installed();
        Assumptions.assumeTrue(program.isPresent(), "no Chromium here");
        Path pictures = Path.of(System.getProperty("rebind.pictures", folder.toString()));
        Files.createDirectories(pictures);
        run = new MadeReport();
        PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
        chromium = Chromium.start(program.orElseThrow(), pictures);
    }

    @AfterAll
    static void end() {
        if (chromium != null) {
            chromium.close();
        }
    }

    /** A report of five thousand cycles, half a second after one another. */
    private static Path many() throws Exception {
        Path report = folder.resolve("many");
        if (!Files.exists(report)) {
            ObjectNode bound = run.cycle("again-and-again", "bound");
            ObjectNode failed = run.cycle("again-and-again", "failed");
            run.write(
                    report,
                    IntStream.rangeClosed(1, CYCLES)
                            .mapToObj(i ->
                                    MadeReport.later(i % ONE_OF == 0 ? failed : bound, i, Duration.ofMillis(500L * i)))
                            .toList());
        }
        return report;
    }

    @Test
    @DisplayName("When report.html has five thousand cycles, then all are listed and none is built before it is opened")
    void manyInTheReport() throws Exception {
        Path report = many();
        Page page = chromium.open(report.resolve("report.html").toUri().toString(), 1280, 900, ColorScheme.LIGHT);
        Object shown = page.evaluate(SHOWN_AFTER, List.of("#filter-count", "5,000 cycles"));
        assertThat(page.locator("details.cycle")).hasCount(CYCLES);
        assertThat(page.locator(".failures")).containsText("in " + CYCLES / ONE_OF + " of 5,000 cycles");

        // The first failures are open from the start; nothing else has an element behind its line.
        assertThat(page.locator("details.cycle[open]")).hasCount(3);
        assertThat(page.locator("details.cycle:not([open]) > .body > *")).hasCount(0);
        assertThat((int) page.evaluate(ELEMENTS)).isLessThan(17 * CYCLES);
        assertThat((int) page.evaluate(LAID_OUT)).isBetween(1, 500);

        String failure = "#x0-" + FAILED;
        Object opened = page.evaluate(CLICK, List.of(failure + " > summary", failure + " > .body svg"));
        Locator body = page.locator(failure + " > .body");
        assertThat(body.locator("h3").first()).hasText("States over time");
        assertThat(body.locator(".sockets")).containsText("TIME_WAIT");
        assertThat(page.locator("details.cycle:not([open]) > .body > *")).hasCount(0);
        System.out.printf(
                "report.html of %,d cycles: shown after %s ms, a failure after %s ms%n", CYCLES, shown, opened);
        assertThat(chromium.complaints()).isEmpty();
        page.context().close();
    }

    @Test
    @DisplayName(
            "When the live page has five thousand cycles, then a first visit counts what failed, few rows are built, and a failure is"
                    + " fetched when it is opened")
    void manyInTheLivePage() throws Exception {
        try (OpenedReport opened = OpenedReport.start(Rebind.ROOT, many())) {
            Page page = chromium.open(opened.address(), 1280, 900, ColorScheme.LIGHT);
            Object shown = page.evaluate(SHOWN_AFTER, List.of("#cycle-count", "5,000 cycles"));
            // Nobody has opened this page before: what had failed by then counts all the same.
            assertThat(page.locator("#failure-text")).hasText(CYCLES / ONE_OF + " of 5,000 cycles did not pass");
            assertThat(page.locator("#failure-last")).containsText("Cycle " + CYCLES + ":");
            fewRows(page);

            Object last = page.evaluate(CLICK, List.of("#failure-open", "#cycle-body svg"));
            assertThat(page.locator("#cycle-title")).hasText("Cycle " + CYCLES);
            assertThat(page.locator("#blocking-scroll tbody tr").first()).containsText("TIME_WAIT");
            page.locator("#close-cycle").click();
            page.locator("#cycle-list").focus();
            page.keyboard().press("End");
            assertThat(page.locator("#row-1")).isVisible();
            fewRows(page);

            page.locator("#filter").selectOption("failed");
            assertThat(page.locator("#cycle-count")).hasText(CYCLES / ONE_OF + " of 5,000 cycles");
            page.locator("#cycle-list").focus();
            page.keyboard().press("End");
            assertThat(page.locator("#row-" + ONE_OF)).isVisible();
            var asked = new CopyOnWriteArrayList<String>();
            page.onRequest(request -> asked.add(request.url()));
            Object first = page.evaluate(CLICK, List.of("#row-" + ONE_OF, "#cycle-body svg"));
            assertThat(page.locator("#cycle-title")).hasText("Cycle " + ONE_OF);
            assertThat(page.locator("#blocking-scroll tbody tr").first()).containsText("TIME_WAIT");
            // One record is fetched and none before it; the drawing of the port has those of the last cycles.
            assertThat(asked.stream().filter(url -> url.contains("/records/")).map(FinishedPageTest::cycle))
                    .filteredOn(cycle -> cycle <= FAILED)
                    .containsExactly(ONE_OF);
            // What was counted once is not counted from zero because a cycle was opened.
            assertThat(page.locator("#failure-text")).hasText(CYCLES / ONE_OF + " of 5,000 cycles did not pass");
            System.out.printf(
                    "the live page of %,d cycles: shown after %s ms, the last failure after %s ms, the first after %s ms%n",
                    CYCLES, shown, last, first);
            assertThat(chromium.complaints()).isEmpty();
            chromium.picture(page, "live-5000-cycles", true);
            page.context().close();
        }
    }

    private static int cycle(String url) {
        return Integer.parseInt(url.substring(url.lastIndexOf('/') + 1));
    }

    private static void fewRows(Page page) {
        assertThat((int) page.evaluate("document.querySelectorAll('#cycle-list [role=option]').length"))
                .isBetween(1, 60);
        assertThat((int) page.evaluate(ELEMENTS)).isLessThan(CYCLES);
    }

    @Test
    @DisplayName(
            "When a bind failed at once and the port was free after a minute, then the minute is cut, and what happened is seen")
    void aMinuteInWhichNothingHappens() throws Exception {
        Path report = folder.resolve("waited");
        run.write(
                report, List.of(MadeReport.waited(run.cycle("again-and-again", "failed"), Duration.ofMillis(60_412))));
        try (OpenedReport opened = OpenedReport.start(Rebind.ROOT, report)) {
            for (int width : new int[] {1280, 390}) {
                Page page = chromium.open(opened.address(), width, 900, ColorScheme.LIGHT);
                assertThat(page.locator("#port-drawing rect.g-new").first()).isVisible();
                // The record with its states has come.
                assertThat(page.locator("#port-drawing rect.s-TIME_WAIT").first())
                        .isVisible();
                assertThat(page.locator("#port-drawing rect.cut")).hasCount(1);
                assertThat(page.locator("#port-drawing")).containsText("shortened where nothing happened");
                chromium.picture(page.locator("#port-section"), "live-finished-minute-" + width);
                assertThat((double) page.evaluate(SHARE)).isGreaterThan(0.5);
                page.context().close();
            }
        }
    }

    @Test
    @DisplayName("When the page is of any width, then no word of the histogram is cut")
    void histogram() throws Exception {
        ObjectNode bound = run.cycle("again-and-again", "bound");
        var cycles = new ArrayList<ObjectNode>();
        for (int i = 1; i <= 12; i++) {
            ObjectNode cycle = MadeReport.later(bound, i, Duration.ofSeconds(2L * i));
            // From half a millisecond to a quarter of an hour: the axis has all its marks.
            cycle.put("downtimeMs", 0.5 * Math.pow(3.7, i - 1));
            cycles.add(cycle);
        }
        Path report = folder.resolve("histogram");
        run.write(report, cycles);
        try (OpenedReport opened = OpenedReport.start(Rebind.ROOT, report)) {
            for (int width : new int[] {360, 700, 1000, 1280, 2000}) {
                Page page = chromium.open(opened.address(), width, 900, ColorScheme.LIGHT);
                assertThat(page.locator("#cycle-count")).hasText("12 cycles");
                assertThat(page.locator("#downtime-scroll")).containsText("time without service, logarithmic");
                assertThat((List<?>) page.evaluate(CUT_WORDS))
                        .as(width + " pixels")
                        .isEmpty();
                chromium.picture(page.locator("#downtime-section"), "live-histogram-" + width);
                // A window that becomes narrower.
                page.setViewportSize(340, 900);
                assertThat((List<?>) page.evaluate(CUT_WORDS))
                        .as(width + ", then 340 pixels")
                        .isEmpty();
                page.context().close();
            }
        }
    }

    @Test
    @DisplayName("When nobody saw a segment, or nobody looked at the port, then that is dashed")
    void dashes() throws Exception {
        ObjectNode bound = run.cycle("again-and-again", "bound");
        Path report = folder.resolve("dashes");
        run.write(
                report,
                List.of(
                        MadeReport.later(bound, 1, Duration.ZERO),
                        MadeReport.later(bound, 2, Duration.ofSeconds(5)),
                        run.cycle("half-closed", "failed")));
        try (OpenedReport opened = OpenedReport.start(Rebind.ROOT, report)) {
            Page page = chromium.open(opened.address() + "#/local/again-and-again", 1280, 900, ColorScheme.LIGHT);
            // Between two cycles nobody looks at the port.
            assertThat(page.locator("#port-drawing rect.unseen")).hasCount(1);
            assertThat((String) page.locator("#port-drawing rect.unseen").evaluate(DASHES))
                    .isNotEqualTo("none");
            assertThat((String) page.locator("#port-drawing rect.g-new").first().evaluate(DASHES))
                    .isEqualTo("none");

            page.locator("#experiment-list").getByText("half-closed").click();
            assertThat(page.locator("#name")).hasText("half-closed");
            assertThat(page.locator("#cycle-count")).hasText("1 cycle");
            page.locator("#cycle-list [role=option]").click();
            Locator close = page.locator("#cycle-body svg.close");
            assertThat(close).containsText("3 FIN (not yet)");
            assertThat(close.locator("line.never")).hasCount(2);
            assertThat((String) close.locator("line.never").first().evaluate(DASHES))
                    .isNotEqualTo("none");
            assertThat(close.locator("line.seg")).hasCount(2);
            assertThat((String) close.locator("line.seg").first().evaluate(DASHES))
                    .isEqualTo("none");
            page.context().close();
        }
    }
}
