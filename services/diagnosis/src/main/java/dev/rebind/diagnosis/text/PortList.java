package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.text.table.Sheet;
import dev.rebind.diagnosis.text.table.Wrap;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Many ports in a table, a line or two for each. Pure. */
public final class PortList {
    private static final List<Sheet.Column> COLUMNS =
            List.of(Sheet.Column.titled("Port", 6), Sheet.Column.of("Cause", 19), Sheet.Column.of("In the way", 0));

    private final ZoneId zone;

    /** @param zone in which times of day are told */
    public PortList(ZoneId zone) {
        this.zone = zone;
    }

    /** In lines that have no end, as for a file or a pipe. */
    public List<String> lines(List<Diagnosis> diagnoses) {
        return lines(diagnoses, Sheet.ENDLESS);
    }

    /** @param width of a line in characters */
    public List<String> lines(List<Diagnosis> diagnoses, int width) {
        if (diagnoses.isEmpty()) {
            return Wrap.lines(
                    "A server can bind every port of this network namespace that is kept from outgoing connections.",
                    width);
        }
        return new Sheet(1, 27, COLUMNS, diagnoses.stream().map(this::entry).toList()).lines(width);
    }

    private Sheet.Entry entry(Diagnosis diagnosis) {
        int port = diagnosis.question().port();
        var notes = new ArrayList<String>();
        if (diagnosis.verdict() == Diagnosis.Verdict.FREE_LATER) {
            notes.add("free by itself " + new EndingText(diagnosis.at(), zone, Tense.LIVE).when(diagnosis.release()));
        }
        if (diagnosis.remedies().stream().anyMatch(Remedy.ReuseAddressOfHolder.class::isInstance)) {
            notes.add("no SO_REUSEADDR: a restart fails for " + diagnosis.timeWaitSeconds()
                    + " s after connections that it closes first");
        }
        return new Sheet.Entry(
                "Port " + port,
                List.of(
                        Integer.toString(port),
                        diagnosis.cause().map(Enum::name).orElse("-"),
                        diagnosis.blocking().isEmpty()
                                ? new Screen(zone).headline(diagnosis)
                                : Words.capital(BlockerText.clause(
                                                diagnosis.blocking().getFirst()))
                                        + more(diagnosis)),
                notes);
    }

    private static String more(Diagnosis diagnosis) {
        int more = diagnosis.blocking().size() - 1;
        return more == 0 ? "" : ", and " + (more == 1 ? "1 more kind" : more + " more kinds") + " of sockets";
    }
}
