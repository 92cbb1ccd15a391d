package dev.rebind.cli;

import dev.rebind.record.server.Inherited;
import dev.rebind.report.Amounts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Says which processes of a server have inherited its sockets, one sentence for each. */
final class InheritedText {
    /** Most processes that are named; a server may have hundreds of workers. */
    private static final int MOST = 4;

    private InheritedText() {}

    static List<String> lines(List<Inherited> inherited) {
        var lines = new ArrayList<String>();
        inherited.stream()
                .limit(MOST)
                .map(one ->
                        "Its process " + one.process() + " (pid " + one.pid() + ") has inherited " + what(one) + ".")
                .forEach(lines::add);
        if (inherited.size() > MOST) {
            int more = inherited.size() - MOST;
            lines.add(Amounts.count(more, "more process", "more processes")
                    + (more == 1 ? " has" : " have") + " inherited sockets of the port, too; the records name "
                    + (more == 1 ? "it" : "them") + ".");
        }
        return lines;
    }

    private static String what(Inherited one) {
        var parts = new ArrayList<String>();
        if (!one.listeners().isEmpty()) {
            parts.add("the listener (" + descriptors(one.listeners()) + ")");
        }
        if (!one.connections().isEmpty()) {
            parts.add(Amounts.count(one.connections().size(), "accepted connection", "accepted connections") + " ("
                    + descriptors(one.connections()) + ")");
        }
        return String.join(" and ", parts);
    }

    private static String descriptors(List<Integer> numbers) {
        String first = numbers.stream().limit(MOST).map(String::valueOf).collect(Collectors.joining(", "));
        return (numbers.size() == 1 ? "descriptor " : "descriptors ")
                + first
                + (numbers.size() > MOST ? ", \u2026" : "");
    }
}
