package dev.rebind.walk;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The same page, served by a controller in a cluster: k8s/e2e says where, and with whose tokens. */
@DisplayName("The live page of a cluster")
@EnabledIfEnvironmentVariable(named = "REBIND_PAGE", matches = "http.+")
class ClusterPageTest {
    private static final String STARTED = "from-browser";

    /** Fails once, waits for the kernel's minute, and passes. */
    private static String failing(String namespace) {
        return """
            apiVersion: rebind.dev/v1alpha1
            kind: RebindExperiment
            metadata:
              name: %s
              namespace: %s
            spec:
              description: Started from the page. SO_REUSEADDR is off, so the server cannot come back for a minute.
              cycles: 1
              restart:
                mode: listener
              reuseAddress:
                value: false
              clients:
                connections: 5
              expect:
                outcome: failed
                cause: time_wait
            """.formatted(STARTED, namespace);
    }

    @Test
    @DisplayName("When somebody has a token with the rights, then they pause, resume, abort and start from the page")
    void steered(@TempDir Path folder) throws Exception {
        Path pictures = Path.of(System.getProperty("rebind.pictures", folder.toString()));
        Files.createDirectories(pictures);
        // Other work goes on in the cluster.
        PlaywrightAssertions.setDefaultAssertionTimeout(120_000);
        try (Chromium chromium = Chromium.start(Chromium.installed().orElseThrow(), pictures)) {
            String address = told("REBIND_PAGE");
            String namespace = told("REBIND_NAMESPACE");
            Page page = chromium.open(
                    address + "#/" + namespace + "/" + told("REBIND_EXPERIMENT"), 1280, 900, ColorScheme.LIGHT);
            assertThat(page.locator("#connection-text")).hasText("Live");
            assertThat(page.locator("#name")).hasText(told("REBIND_EXPERIMENT"));

            onlyWithRights(page);
            use(page, told("REBIND_TOKEN"));
            steer(page);
            start(page, failing(namespace));
            failureIsExplained(page, chromium);
            itEnds(page, chromium);
            assertThat(page.context().cookies()).isEmpty();
            assertThat(chromium.complaints()).isEmpty();
        }
    }

    private static void onlyWithRights(Page page) {
        assertThat(page.locator("#read-only")).containsText("use a token of yours");
        assertThat(page.locator("#pause")).isHidden();
        assertThat(page.locator("#start-button")).isHidden();
        Locator result = page.locator("#action-result");
        use(page, "nonsense");
        page.locator("#pause").click();
        assertThat(result).containsText("The cluster does not know this token");
        use(page, told("REBIND_TOKEN_WITHOUT_RIGHTS"));
        page.locator("#pause").click();
        assertThat(result).containsText("Not allowed with this token");
        assertThat(result).containsText("forbidden");
        assertThat(page.locator("#phase")).containsText("Running");
    }

    private static void steer(Page page) {
        Locator phase = page.locator("#phase");
        page.locator("#pause").click();
        assertThat(phase).containsText("Paused");
        page.locator("#resume").click();
        assertThat(phase).containsText("Running");
        page.locator("#abort").click();
        page.locator("#abort-sure").click();
        assertThat(phase).containsText("Aborted");
    }

    private static void start(Page page, String document) {
        page.locator("#start-button").click();
        page.locator("#start-yaml").fill(document.replace("cycles:", "cycels:"));
        page.locator("#start-go").click();
        assertThat(page.locator("#start-result")).containsText("cycels");
        page.locator("#start-yaml").fill(document);
        page.locator("#start-go").click();
        assertThat(page.locator("#start-yaml")).isHidden();
        assertThat(page.locator("#name")).hasText(STARTED);
    }

    private static void failureIsExplained(Page page, Chromium chromium) {
        assertThat(page.locator("#netstat tbody tr").first()).containsText("time_wait");
        assertThat(page.locator("#port-now")).containsText("TIME_WAIT");
        assertThat(page.locator("#port-drawing .expected-text")).containsText(Pattern.compile("free (at|by) "));
        assertThat(Chromium.barriers(page)).isEmpty();
        chromium.picture(page, "live-cluster-waiting", false);
    }

    private static void itEnds(Page page, Chromium chromium) {
        // The kernel takes a minute, and two seconds more at most; a busy cluster some more.
        var inTime = new LocatorAssertions.ContainsTextOptions().setTimeout(240_000);
        assertThat(page.locator("#phase")).containsText("Completed", inTime);
        page.locator("#cycle-list [role=option]").first().click();
        Locator opened = page.locator("#cycle");
        assertThat(opened).containsText("EADDRINUSE");
        assertThat(opened.locator("#blocking-scroll tbody tr").first()).containsText("TIME_WAIT");
        assertThat(page.locator("#networks")).containsText("listener");
        chromium.picture(page, "live-cluster-failure", true);
        page.locator("#close-cycle").click();
        page.evaluate("scrollTo(0, 0)");
        chromium.picture(page, "live-cluster", false);
        var report = page.request()
                .get(page.locator("#report").evaluate("link => link.href").toString());
        assertThat(report.status()).isEqualTo(200);
        assertThat(report.text()).contains(STARTED).contains("EADDRINUSE");
    }

    private static void use(Page page, String token) {
        page.locator("#token-button").click();
        page.locator("#token-input").fill(token);
        page.locator("#token-dialog button[value=use]").click();
        assertThat(page.locator("#token-dialog")).isHidden();
    }

    private static String told(String variable) {
        return Objects.requireNonNull(System.getenv(variable), variable);
    }
}
