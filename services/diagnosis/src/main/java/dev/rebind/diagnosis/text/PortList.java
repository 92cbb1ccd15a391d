package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.finding.Remedy;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Many ports in a table, a line or two for each. Pure. */
public final class PortList {
    private final ZoneId zone;

    /** @param zone in which times of day are told */
    public PortList(ZoneId zone) {
        this.zone = zone;
    }

    public List<String> lines(List<Diagnosis> diagnoses) {
        if (diagnoses.isEmpty()) {
            return List.of(
                    "A server can bind every port of this network namespace that is kept from outgoing connections.");
        }
        var lines = new ArrayList<String>();
        lines.add(String.format("%-6s %-19s %s", "Port", "Cause", "In the way"));
        for (Diagnosis diagnosis : diagnoses) {
            String what = diagnosis.blocking().isEmpty()
                    ? new Screen(zone).headline(diagnosis)
                    : Words.capital(BlockerText.clause(diagnosis.blocking().getFirst())) + more(diagnosis);
            lines.add(String.format(
                    "%-6d %-19s %s",
                    diagnosis.question().port(),
                    diagnosis.cause().map(Enum::name).orElse("-"),
                    what));
            if (diagnosis.verdict() == Diagnosis.Verdict.FREE_LATER) {
                lines.add(indented("free by itself "
                        + new EndingText(diagnosis.at(), zone, Tense.LIVE).when(diagnosis.release())));
            }
            if (diagnosis.remedies().stream().anyMatch(Remedy.ReuseAddressOfHolder.class::isInstance)) {
                lines.add(indented("no SO_REUSEADDR: a restart fails for " + diagnosis.timeWaitSeconds()
                        + " s after connections that it closes first"));
            }
        }
        return lines;
    }

    private static String more(Diagnosis diagnosis) {
        int more = diagnosis.blocking().size() - 1;
        return more == 0 ? "" : ", and " + (more == 1 ? "1 more kind" : more + " more kinds") + " of sockets";
    }

    private static String indented(String text) {
        return " ".repeat(27) + text;
    }
}
