package dev.rebind.report.page;

import dev.rebind.record.Json;
import dev.rebind.record.Verdict;
import dev.rebind.report.Amounts;
import dev.rebind.report.Machine;
import dev.rebind.report.Markup;
import dev.rebind.report.Run;
import dev.rebind.report.Summary;
import dev.rebind.report.Summary.ExperimentSummary;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes {@code report.html}: the verdicts first, then each experiment, then the machine. The page loads nothing. Its own
 * Content-Security-Policy allows only its one style sheet and its one script, which it names by their hashes.
 */
public final class Page {
    private static final int LONGEST_TITLE = 60;

    private final Markup html;
    private final Run run;
    private final Summary summary;
    private final ShownCycles selection;

    private Page(Markup html, Run run, Summary summary, ShownCycles selection) {
        this.html = html;
        this.run = run;
        this.summary = summary;
        this.selection = selection;
    }

    /**
     * Writes the whole page.
     *
     * @param selection the cycles that the page shows one by one
     */
    public static void write(Writer out, Run run, Summary summary, ShownCycles selection) throws IOException {
        new Page(new Markup(out), run, summary, selection).document();
    }

    private void document() throws IOException {
        Asset style = Asset.read("report.css");
        Asset script = Asset.read("report.js");
        html.trusted("<!doctype html>").line();
        html.start("html", "lang", "en", "class", "no-script")
                .line()
                .start("head")
                .line();
        html.start("meta", "charset", "utf-8").line();
        html.start(
                "meta",
                "http-equiv",
                "Content-Security-Policy",
                "content",
                "default-src 'none'; style-src '" + style.hash() + "'; script-src '" + script.hash()
                        + "'; base-uri 'none'; form-action 'none'");
        html.line().start("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.line()
                .leaf(
                        "title",
                        "Rebind: " + summary.verdict()
                                + summary.command()
                                        .map(one -> ", " + one.command(LONGEST_TITLE) + ", " + one.place())
                                        .orElse("")
                                + ", " + Json.text(summary.startedAt()));
        html.line().start("style").trusted(style.text()).end().line().end().line();
        html.start("body").line();
        header();
        html.start("main").line();
        failures();
        if (summary.experiments().size() > 1) {
            new Overview(html, summary.experiments()).write();
        }
        new FilterBar(html, summary.cycles()).write();
        Map<String, String> yaml = new HashMap<>();
        run.experiments().forEach(subject -> yaml.put(subject.name(), subject.yaml()));
        var bodies = new Bodies();
        int number = 0;
        for (ExperimentSummary experiment : summary.experiments()) {
            new ExperimentCard(html, bodies, "x" + number++, experiment, selection.of(experiment.name()))
                    .write(summary.command().isEmpty(), yaml.getOrDefault(experiment.name(), ""));
        }
        machine();
        html.end("main").line();
        footer();
        bodies.write(html);
        html.start("script")
                .trusted(script.text())
                .end()
                .line()
                .end()
                .line()
                .end()
                .line();
    }

    private void header() throws IOException {
        html.start("header").leaf("p", "Rebind", "class", "brand");
        html.start("h1").text("Run of " + PageWords.when(summary.startedAt()) + " ");
        PageWords.badge(html, summary.verdict());
        html.end("h1");
        if (summary.command().isPresent()) {
            PageWords.command(html, summary.command().get());
        }
        html.leaf(
                "p",
                Amounts.count(summary.experiments().size(), "experiment", "experiments") + ", "
                        + Amounts.count(summary.cycles(), "cycle", "cycles") + " in "
                        + Amounts.duration(Duration.between(summary.startedAt(), summary.endedAt())
                                        .toNanos()
                                / 1e6)
                        + ". Exit code " + summary.exitCode() + ".");
        if (summary.interrupted()) {
            html.leaf(
                    "p", "The run was interrupted: what had not been run by then is missing here.", "class", "notice");
        }
        if (summary.torn() != null) {
            html.leaf("p", summary.torn(), "class", "notice");
        }
        if (summary.experiments().size() > 1) {
            tiles();
        }
        html.end("header").line();
    }

    private void tiles() throws IOException {
        html.start("ul", "class", "tiles");
        for (Verdict verdict : Verdict.values()) {
            long experiments = summary.experiments().stream()
                    .filter(experiment -> experiment.verdict() == verdict)
                    .count();
            if (experiments > 0) {
                html.start("li").leaf("b", Long.toString(experiments)).start("span");
                PageWords.badge(html, verdict);
                html.end("li");
            }
        }
        html.end("ul");
    }

    private void failures() throws IOException {
        if (summary.experiments().stream()
                .allMatch(one -> selection.of(one.name()).failures().isEmpty())) {
            return;
        }
        html.start("section", "class", "card failures", "aria-labelledby", "failures");
        html.leaf("h2", "What did not pass", "id", "failures").start("ul").line();
        int number = 0;
        for (ExperimentSummary one : summary.experiments()) {
            selection.of(one.name()).failures().write(html, "x" + number++, one.name(), one.cycles());
        }
        html.end("ul").end("section").line();
    }

    private void machine() throws IOException {
        Machine machine = summary.machine();
        html.start("section", "class", "card", "id", "machine").leaf("h2", "Machine");
        if (machine == null) {
            html.leaf("p", "It is not known which machine it was.")
                    .end("section")
                    .line();
            return;
        }
        html.start("dl");
        fact("System", machine.system() + " " + machine.kernel() + ", " + machine.architecture());
        fact("Processors", Integer.toString(machine.processors()));
        fact("Timer ticks", machine.hz() == null ? "not known" : machine.hz() + " in a second (HZ)");
        for (Map.Entry<String, String> sysctl : new TreeMap<>(machine.sysctls()).entrySet()) {
            fact(sysctl.getKey(), sysctl.getValue().isEmpty() ? "(empty)" : sysctl.getValue());
        }
        fact("Java", machine.java());
        fact("Vert.x", machine.vertx() == null ? "not known" : machine.vertx());
        fact("Rebind", machine.rebind() == null ? "not known" : machine.rebind());
        html.end("section").line();
    }

    private void fact(String name, String value) throws IOException {
        html.leaf("dt", name).leaf("dd", value);
    }

    private void footer() throws IOException {
        html.start("footer");
        html.leaf("p", "Made from cycles.jsonl and summary.json, which lie beside this page and hold every cycle.");
        html.leaf(
                "p",
                "The gravest verdict counts: Error, Fail, Inconclusive, Pass. Exit code 0: every cycle passed; 1: a cycle"
                        + " failed; 3: none failed, but something is Inconclusive or an Error, or the run was interrupted.");
        html.leaf(
                "p",
                "The drawings of a close are concluded from the states of both ends; the segments themselves were not"
                        + " captured. A FIN may ride on data, and the second and third segment may travel as one.");
        html.end("footer").line();
    }
}
