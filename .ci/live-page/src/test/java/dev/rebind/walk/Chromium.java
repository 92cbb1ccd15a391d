package dev.rebind.walk;

import com.deque.html.axecore.args.AxeRuleOptions;
import com.deque.html.axecore.args.AxeRunOptions;
import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.AxeResults;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Chromium of this machine, driven by Playwright; it remembers what pages complained about, and keeps pictures. */
final class Chromium implements AutoCloseable {
    /** What the browser itself says of an answer that is not 2xx, or of none: the page shows those to people. */
    private static final String NO_ANSWER = "Failed to load resource";

    private final Playwright playwright;
    private final Browser browser;
    private final Path pictures;
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Chromium(Playwright playwright, Browser browser, Path pictures) {
        this.playwright = playwright;
        this.browser = browser;
        this.pictures = pictures;
    }

    /** The program, as {@code .ci/browser} finds it. */
    static Optional<Path> installed() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param pictures folder for screenshots */
    static Chromium start(Path program, Path pictures) {
        // Playwright would fetch a Chromium of its own.
        var playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-quic")));
        return new Chromium(playwright, browser, pictures);
    }

    Page open(String address, int width, int height, ColorScheme scheme) {
        BrowserContext context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setTimezoneId("Europe/Berlin")
                .setPermissions(List.of("clipboard-read", "clipboard-write")));
        Page page = context.newPage();
        // A busy machine takes its time; a page that never comes is a failure all the same.
        page.setDefaultNavigationTimeout(120_000);
        page.onConsoleMessage(this::heard);
        page.onPageError(error -> complaints.add("uncaught: " + error));
        page.navigate(address);
        return page;
    }

    private void heard(ConsoleMessage message) {
        boolean grave = message.type().equals("error") || message.type().equals("warning");
        if (grave && !message.text().startsWith(NO_ANSWER)) {
            complaints.add(message.type() + ": " + message.text() + " (" + message.location() + ")");
        }
    }

    /** Errors of scripts, and what the page's own policy has forbidden. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** What axe-core finds wrong for people who use a keyboard, a screen reader or other colours. */
    static List<String> barriers(Page page) {
        // Axe has this rule as an experiment: a name that is not the text on the screen cannot be said to a computer.
        var names = new AxeRuleOptions();
        names.setEnabled(true);
        var options = new AxeRunOptions();
        options.setRules(Map.of("label-content-name-mismatch", names));
        AxeResults results = new AxeBuilder(page).options(options).analyze();
        if (results.getPasses().isEmpty()) {
            throw new IllegalStateException("axe-core has not looked at anything: " + results.getErrorMessage());
        }
        return results.getViolations().stream()
                .flatMap(rule -> rule.getNodes().stream()
                        .map(node ->
                                rule.getId() + ": " + rule.getHelp() + ": " + node.getTarget() + " " + node.getHtml()))
                .toList();
    }

    void picture(Page page, String name, boolean whole) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(pictures.resolve(name + ".png"))
                .setFullPage(whole));
    }

    /** Of one part of a page. */
    void picture(Locator part, String name) {
        part.screenshot(new Locator.ScreenshotOptions().setPath(pictures.resolve(name + ".png")));
    }

    /** What the pages that are open show, for the output of a test that has failed. */
    String shown() {
        return browser.contexts().stream()
                .flatMap(context -> context.pages().stream())
                .map(page -> page.url() + "\n" + page.locator("body").innerText())
                .collect(Collectors.joining("\n\n", "", "\ncomplaints: " + complaints));
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
