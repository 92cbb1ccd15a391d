package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Sentence;
import dev.rebind.record.Sentence.Subject;
import dev.rebind.record.Verdict;
import dev.rebind.report.Amounts;
import dev.rebind.report.Markup;
import dev.rebind.report.OutcomeWords;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lists what did not pass, at the top of the page. Each kind appears once, with its outcome, cause, remedy and first cycle. */
final class FailureSection {
    private static final int MOST = 20;

    /** A group of cycles that ended in the same way. */
    private record Kind(
            Verdict verdict,
            String outcome,
            @Nullable String cause,
            @Nullable String remedy) {
        static Kind of(CycleRecord cycle) {
            return new Kind(
                    cycle.verdict(),
                    cycle.outcome() == null ? "" : cycle.outcome().name(),
                    cycle.cause() == null ? null : cycle.cause().name(),
                    cycle.prevention());
        }
    }

    private static final class Group {
        private final CycleRecord first;
        private int cycles;

        Group(CycleRecord first) {
            this.first = first;
        }
    }

    private final Map<Kind, Group> groups = new LinkedHashMap<>();

    void add(CycleRecord cycle) {
        if (cycle.verdict() != Verdict.Pass) {
            groups.computeIfAbsent(Kind.of(cycle), _ -> new Group(cycle.brief(null))).cycles++;
        }
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /**
     * Writes an item for each kind.
     *
     * @param of number of cycles of the experiment
     */
    void write(Markup html, String experimentId, String experiment, int of) throws IOException {
        int written = 0;
        for (Map.Entry<Kind, Group> entry : groups.entrySet()) {
            if (written++ == MOST) {
                html.leaf(
                        "li",
                        experiment + ": " + Amounts.count(groups.size() - MOST, "further kind", "further kinds")
                                + " of failure, in the list below",
                        "class",
                        "soft");
                break;
            }
            item(html, experimentId, entry.getKey(), entry.getValue(), of);
        }
    }

    private static void item(Markup html, String id, Kind kind, Group group, int of) throws IOException {
        CycleRecord first = group.first;
        html.start("li").start("p", "class", "what");
        PageWords.badge(html, kind.verdict());
        html.text(" ").leaf("b", first.experiment()).text(": " + OutcomeWords.of(first));
        if (kind.cause() != null) {
            html.text(", cause ").leaf("b", kind.cause());
        }
        html.text(", in " + group.cycles + " of " + Amounts.count(of, "cycle", "cycles") + ". ");
        html.leaf(
                "a",
                (group.cycles == 1 ? "Cycle " : "The first: cycle ") + first.cycle(),
                "href",
                "#" + CycleView.id(id, first));
        html.end("p");
        html.leaf(
                "p",
                Sentence.joined(first.parts().stream()
                        .filter(part -> part.about() != Subject.prevention)
                        .toList()));
        if (kind.remedy() != null) {
            html.start("p", "class", "prevent")
                    .leaf("b", "Remedy: ")
                    .text(kind.remedy())
                    .end("p");
        }
        html.end("li").line();
    }
}
