package dev.rebind.walk;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.io.TempDir;

/** What a person does with the live page, done in a real Chromium while real experiments run. */
@DisplayName("The live page")
class LivePageTest {
    /** Quick restarts of which some fail, until they are aborted; then one that waits for the kernel's minute. */
    private static final String EXPERIMENTS = """
        apiVersion: rebind.dev/v1alpha1
        kind: RebindExperiment
        metadata:
          name: many-restarts
        spec:
          description: SO_REUSEADDR off and on in both generations, again and again. What fails is left where it is, and the next cycle has another port.
          cycles: 1000
          restart:
            mode: listener
            interval: 400ms
          reuseAddress:
            matrix: true
          onFailure: move
        ---
        apiVersion: rebind.dev/v1alpha1
        kind: RebindExperiment
        metadata:
          name: wait-for-release
        spec:
          description: The server retries until it is bound, as under a supervisor. Each failure says when the port will be free.
          cycles: 2
          restart:
            mode: listener
          reuseAddress:
            value: false
          onFailure: wait
          expect:
            outcome: failed
            cause: time_wait
        """;

    /** Chooses the failed binds, and says which rows are there before the page has had time to draw anything later. */
    private static final String FILTER_AND_READ = """
        () => {
          const filter = document.querySelector("#filter");
          filter.value = "failed";
          filter.dispatchEvent(new Event("input", { bubbles: true }));
          const rows = [...document.querySelectorAll("#cycle-list [role=option]")];
          return rows.length > 0 && rows.every((row) => row.classList.contains("failed")) ? "only failed" : rows.map((row) => row.className).join();
        }
        """;

    private static final String BAR_ENDS_BEFORE_NOW = """
        () => {
          const bars = [...document.querySelectorAll("#port-drawing rect.g-new")].map((bar) => bar.getBoundingClientRect().right);
          const now = document.querySelector("#port-drawing .now-line").getBoundingClientRect().left;
          return bars.length > 0 && Math.max(...bars) < now - 50;
        }
        """;

    /** Sections from top to bottom on the screen are in the order in which they are read aloud, and the rows of the list too. */
    private static final String IN_ORDER = """
        () => {
          const tops = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.offsetParent).map((e) => e.getBoundingClientRect().top);
          const sections = [...document.querySelectorAll("#chosen > section")].filter((e) => e.offsetParent).map((e) => e.id);
          const places = ["failures-section", "port-section", "cycles-section", "downtime-section", "netstat-section"].map((id) => sections.indexOf(id));
          return ["#chosen > section", "#cycle-list [role=option]"].map(tops)
            .concat([places]).every((all) => all.length > 0 && all.every((top, i) => i === 0 || top >= all[i - 1]));
        }
        """;

    /** Where the port's section begins, but for the height of the failures above it, which become more. */
    private static final String UNDER_HEAD = """
        () => {
          const box = (id) => document.getElementById(id).getBoundingClientRect();
          return box("port-section").top - box("failures-section").height + scrollY;
        }
        """;

    private static Chromium chromium;
    private static Path file;

    @TempDir
    static Path folder;

    @RegisterExtension
    static final TestExecutionExceptionHandler SHOWN = (_, failure) -> {
        try {
            System.out.println(chromium.shown());
        } catch (PlaywrightException unseen) {
            failure.addSuppressed(unseen);
        }
        throw failure;
    };

    @BeforeAll
    static void begin() throws IOException {
        Optional<Path> program = Chromium.installed();
        Assumptions.assumeTrue(program.isPresent(), "no Chromium here");
        Path pictures = Path.of(System.getProperty("rebind.pictures", folder.toString()));
        Files.createDirectories(pictures);
        file = folder.resolve("experiments.yaml");
        Files.writeString(file, EXPERIMENTS);
        PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
        chromium = Chromium.start(program.orElseThrow(), pictures);
    }

    @AfterAll
    static void end() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @Test
    @DisplayName("When a run goes on, then a failure is seen, opened and explained, and the run is paused, resumed and"
            + " aborted")
    void aRun() throws Exception {
        try (LiveRun run = LiveRun.start(Rebind.ROOT, 0, folder.resolve("run"), file)) {
            Page page = chromium.open(run.addressWithToken(), 1280, 900, ColorScheme.LIGHT);
            assertThat(page.locator("#connection-text")).hasText("Live");
            assertThat(page.url()).doesNotContain("token");
            assertThat(page.context().cookies()).isEmpty();

            failureIsOpened(page);
            commandRunsHere(page);
            pausedAndResumed(run, page);
            byKeyboardOnly(page);
            assertThat(Chromium.barriers(page)).isEmpty();
            readOnlyWithoutToken(run);
            aborted(page);
            theReleaseMeetsItsPrediction(page);
            assertThat(chromium.complaints()).isEmpty();
        }
    }

    private static void failureIsOpened(Page page) {
        assertThat(page.locator("#name")).hasText("many-restarts");
        // What failed comes before all drawings, figures and sockets, with how many of how many and what would have
        // prevented it.
        Locator failures = page.locator("#failures-section");
        assertThat(failures).isVisible();
        assertThat(page.locator("#failure-text")).hasText(Pattern.compile("\\d+ of \\d+ cycles? did not pass"));
        assertThat(page.locator("#remedies li").first()).containsText("SO_REUSEADDR");
        assertThat((boolean) page.evaluate(IN_ORDER)).isTrue();
        page.locator("#failure-open").click();
        Locator opened = page.locator("#cycle");
        assertThat(opened).containsText("EADDRINUSE");
        assertThat(opened.locator("p.prevent")).containsText("SO_REUSEADDR");
        assertThat(opened.locator(".flags")).containsText("off");
        assertThat(opened.locator("#blocking-scroll tbody tr").first()).containsText("TIME_WAIT");
        assertThat(opened.locator("svg.close")).isVisible();
        assertThat(opened.locator("#states-scroll svg")).isVisible();
        chromium.picture(page, "live-failure-1280-light", true);
    }

    /** The command on the page is one that this program takes, and it brings the failure about again. */
    private static void commandRunsHere(Page page) throws IOException, InterruptedException {
        page.locator("#copy-command").click();
        assertThat(page.locator("#copy-command")).hasText("Copied");
        String command = (String) page.evaluate("navigator.clipboard.readText()");
        assertThat(command).startsWith("./rebind run ");
        Path printed = folder.resolve("again.txt");
        int exit = new ProcessBuilder(
                        "bash", "-c", command.replaceFirst("run ", "run --report " + folder.resolve("again") + " "))
                .directory(Rebind.ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start()
                .waitFor();
        assertThat(exit).as(Files.readString(printed)).isZero();
        assertThat(Files.readString(printed)).contains("time_wait").contains("1 cycle (1 Pass)");
    }

    private static void pausedAndResumed(LiveRun run, Page page) throws IOException, InterruptedException {
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName("Pause").setExact(true))
                .click();
        Locator phase = page.locator("#phase");
        assertThat(phase).containsText("Paused");
        assertThat(page.locator("#resume")).isVisible();
        firstVisit(run, page);
        chromium.picture(page, "live-paused-1280-light", false);
        page.locator("#resume").click();
        assertThat(phase).containsText("Running");
        String before = page.locator("#cycle-count").textContent();
        assertThat(page.locator("#cycle-count")).not().hasText(before);
    }

    /** What failed is counted from the first cycle on, whoever opened the page when, and whatever was opened on it. */
    private static void firstVisit(LiveRun run, Page page) throws IOException, InterruptedException {
        JsonNode counts = counts(run);
        int done = counts.get("done").asInt();
        int passed = counts.get("verdicts").path("Pass").asInt();
        assertThat(done - passed).isPositive();
        Pattern said = Pattern.compile((done - passed) + " of " + done + " cycles? did not pass");
        assertThat(page.locator("#failure-text")).hasText(said);
        Page first = chromium.open(run.address(), 1280, 900, ColorScheme.LIGHT);
        assertThat(first.locator("#failure-text")).hasText(said);
        first.context().close();
    }

    private static void byKeyboardOnly(Page page) {
        page.locator("#close-cycle").click();
        assertThat(page.locator("#cycle")).isHidden();
        page.locator("#filter").selectOption("failed");
        page.locator("#cycle-list").focus();
        page.keyboard().press("End");
        page.keyboard().press("Enter");
        assertThat(page.locator("#cycle-body")).containsText("EADDRINUSE");
        assertThat(page.locator("#cycle-title")).isFocused();
        page.keyboard().press("Escape");
        assertThat(page.locator("#cycle")).isHidden();
        assertThat(page.locator("#cycle-list")).isFocused();
        // Wherever the focus is.
        page.keyboard().press("Enter");
        assertThat(page.locator("#cycle-body")).containsText("EADDRINUSE");
        page.locator("#filter").focus();
        page.keyboard().press("Escape");
        assertThat(page.locator("#cycle")).isHidden();
        page.keyboard().press("Enter");
        assertThat(page.locator("#cycle-body")).containsText("EADDRINUSE");
        page.goBack();
        assertThat(page.locator("#cycle")).isHidden();
        assertThat(page.locator("#name")).hasText("many-restarts");
        page.locator("#filter").selectOption("all");
    }

    private static void readOnlyWithoutToken(LiveRun run) {
        Page other = chromium.open(run.address(), 360, 760, ColorScheme.DARK);
        assertThat(other.locator("#read-only")).containsText("Read-only");
        assertThat(other.locator("#pause")).isHidden();
        assertThat(other.locator("#abort")).isHidden();
        assertThat(other.locator("#cycle-list [role=option]").first()).isVisible();
        fits(other, 360);
        // What decides whether the port can be bound is seen on a phone without scrolling sideways.
        for (int column : new int[] {0, 1}) {
            assertThat(other.locator("#netstat th").nth(column)).hasText(column == 0 ? "State" : "Free in");
            assertThat((boolean) other.locator("#netstat th")
                            .nth(column)
                            .evaluate("e => e.getBoundingClientRect().right <= 360"))
                    .isTrue();
        }
        assertThat(Chromium.barriers(other)).isEmpty();
        chromium.picture(other, "live-360-dark", true);
        chromium.picture(other, "live-phone", false);
        other.context().close();
        Page wide = chromium.open(run.address(), 2000, 1200, ColorScheme.DARK);
        assertThat(wide.locator("#cycle-list [role=option].bound").first()).isVisible();
        assertThat((String) wide.evaluate(FILTER_AND_READ)).isEqualTo("only failed");
        wide.locator("#cycle-list [role=option]").first().click();
        assertThat(wide.locator("#cycle-body")).containsText("EADDRINUSE");
        fits(wide, 2000);
        chromium.picture(wide, "live-failure-2000-dark", true);
        wide.context().close();
    }

    /** Nothing but what scrolls by itself is wider than the screen. */
    private static void fits(Page page, int width) {
        assertThat((int) page.evaluate("document.documentElement.scrollWidth")).isLessThanOrEqualTo(width);
    }

    private static void aborted(Page page) {
        // Steps come and go a few times a second: nothing beneath them moves.
        Object top = page.evaluate(UNDER_HEAD);
        String before = page.locator("#cycle-count").textContent();
        assertThat(page.locator("#cycle-count")).not().hasText(before);
        assertThat(page.evaluate(UNDER_HEAD)).isEqualTo(top);
        page.locator("#abort").click();
        page.locator("#abort-sure").click();
        assertThat(page.locator("#phase")).containsText("Aborted");
        assertThat(page.locator("#abort")).isHidden();
        finished(page);
    }

    /** Nothing that only makes sense while it runs. */
    private static void finished(Page page) {
        assertThat(page.locator("#connection-text")).hasText("Finished");
        assertThat(page.locator("#connection")).hasClass("connection done");
        for (String live :
                new String[] {"#steps", "#port-now", "#follow", "#netstat-section", "#why-section", ".now-line"}) {
            assertThat(page.locator(live)).isHidden();
        }
        assertThat(page.locator("#port-select option").nth(1)).hasText(Pattern.compile("\\d+: cycles? \\d.*"));
        assertThat(Chromium.barriers(page)).isEmpty();
    }

    private static void theReleaseMeetsItsPrediction(Page page) {
        page.locator("#experiment-list").getByText("wait-for-release").click();
        assertThat(page.locator("#name")).hasText("wait-for-release");
        assertThat(page.locator("#port-now")).containsText("nobody listens. Left on it: TIME_WAIT");
        assertThat(page.locator("#port-drawing .expected-text")).containsText(Pattern.compile("free (at|by) "));
        assertThat(page.locator("#netstat tbody tr").first()).containsText("time_wait");
        // The answer of rebind why is there without being asked for, and again when it is.
        Locator why = page.locator("#why");
        assertThat(why).containsText("becomes free by itself in");
        assertThat(why).containsText("Cause: time_wait");
        assertThat(why.locator("table")).containsText("TIME_WAIT");
        String asked = why.locator("p.soft").textContent();
        page.locator("#why-ask").click();
        assertThat(why.locator("p.soft")).not().hasText(asked);
        // The kernel takes a minute, and two seconds more at most.
        var aMinute = new LocatorAssertions.HasTextOptions().setTimeout(150_000);
        assertThat(page.locator("#cycle-count")).hasText("1 cycle", aMinute);
        assertThat(page.locator("#port-drawing .actual-tip").first()).isVisible();
        // The second cycle waits again: in the picture one release is over and one is to come.
        assertThat(page.locator("#port-now")).hasText(Pattern.compile("is gone in [1-3]\\d\\.\\d s"), aMinute);
        // The generation that was bound meanwhile is stopped: its bar ends before now.
        assertThat((boolean) page.evaluate(BAR_ENDS_BEFORE_NOW)).isTrue();
        page.setViewportSize(1280, 1560);
        chromium.picture(page, "live-waiting", false);
        page.locator("#cycle-list [role=option]").first().click();
        assertThat(page.locator("#release-scroll svg")).isVisible();
        // The look at the failed bind takes long on a busy machine: then two points of the kernel's timers are
        // possible.
        assertThat(page.locator("#release-scroll svg text").last())
                .containsText(Pattern.compile(
                        "seen [\\d.]+ s, ([+-][\\d.]+ ms from the prediction|not predicted to a point)"));
        chromium.picture(page.locator("#cycle"), "live-failure");
        besideTheOther(page);
    }

    private static void besideTheOther(Page page) {
        page.locator("#compare-with").selectOption("local/many-restarts");
        page.locator("#compare-with").focus();
        page.keyboard().press("Tab");
        assertThat(page.locator("#compare-ask")).isFocused();
        page.keyboard().press("Enter");
        Locator beside = page.locator("#comparison");
        assertThat(beside.locator("thead")).containsText("before: wait-for-release, 1 cycle");
        assertThat(beside.locator("thead")).containsText("after: many-restarts, ");
        assertThat(beside.locator("tbody")).containsText("first binds that failed");
        assertThat(beside).containsText("The experiments differ in ");
        assertThat(Chromium.barriers(page)).isEmpty();
    }

    @Test
    @DisplayName(
            "When another run is served at the same address, then the page is live with it, in the colours of that")
    void anotherRun() throws Exception {
        Path other = folder.resolve("other.yaml");
        Files.writeString(other, EXPERIMENTS.replace("many-restarts", "other-restarts"));
        LiveRun first = LiveRun.start(Rebind.ROOT, 0, folder.resolve("one"), file);
        try {
            Page page = chromium.open(first.address(), 1280, 900, ColorScheme.LIGHT);
            assertThat(page.locator("#name")).hasText("many-restarts");
            first.kill();
            assertThat(page.locator("#connection")).hasClass("connection lost");
            try (LiveRun second = LiveRun.start(Rebind.ROOT, first.port(), folder.resolve("two"), other)) {
                assertThat(page.locator("#name")).hasText("other-restarts");
                assertThat(page.locator("#connection-text")).hasText("Live");
                assertThat(page.locator("#connection")).hasClass("connection open");
                assertThat(page.locator("body")).not().hasClass("offline");
                assertThat(second.port()).isEqualTo(first.port());
            }
        } finally {
            first.close();
        }
    }

    @Test
    @DisplayName(
            "When the server is started again under the open page, then the page says that it lost it, comes back and"
                    + " catches up")
    void serverComesBack() throws Exception {
        LiveRun first = LiveRun.start(Rebind.ROOT, 0, folder.resolve("first"), file);
        try {
            Page page = chromium.open(first.addressWithToken(), 1280, 900, ColorScheme.DARK);
            Locator rows = page.locator("#cycle-list [role=option]");
            assertThat(rows.nth(2)).isVisible();
            first.kill();
            assertThat(page.locator("#connection-text")).containsText("Connection lost");
            assertThat(page.locator("#lost")).containsText("tries again by itself");
            // What was known stays to be read.
            assertThat(rows.first()).isVisible();
            chromium.picture(page, "live-lost-1280-dark", false);
            try (LiveRun second = LiveRun.start(Rebind.ROOT, first.port(), folder.resolve("second"), file)) {
                assertThat(page.locator("#connection-text")).hasText("Live");
                assertThat(page.locator("#connection")).hasClass("connection open");
                assertThat(page.locator("#lost")).isHidden();
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    int done = counts(second).get("done").asInt();
                    assertThat(done).isGreaterThan(2);
                    int shown = Integer.parseInt(
                            page.locator("#cycle-count").textContent().replaceAll("\\D", ""));
                    assertThat(shown).isBetween(done, done + 1);
                    assertThat((int) page.evaluate("Math.max(...[...document.querySelectorAll('#cycle-list"
                                    + " [role=option]')].map(e => e.dataset.cycle))"))
                            .isBetween(done, done + 1);
                });
                // The new run has another token: the old one is refused, in words.
                page.locator("#pause").click();
                assertThat(page.locator("#action-result")).containsText("The token is not known here");
                assertThat(chromium.complaints()).isEmpty();
            }
        } finally {
            first.close();
        }
    }

    /** Of the first experiment, as the server has its records. */
    private static JsonNode counts(LiveRun run) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create(run.address() + "v1/experiments"))
                            .build(),
                    BodyHandlers.ofString());
            JsonNode experiments = new ObjectMapper().readTree(answer.body()).get("experiments");
            return experiments.get(0).get("counts");
        }
    }
}
