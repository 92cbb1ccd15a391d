package dev.rebind.engine.machine;

import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Problem.Severity;
import dev.rebind.experiment.Source;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCell;
import dev.rebind.sockets.posix.Errno;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Removes from a truth table the cells that this machine cannot run, such as cells with IPv6 in most containers, so that the rest can run.
 * A cell that the user wrote out and that cannot run is reported as an error.
 */
final class RunnableCells {
    private final Map<String, String> asked = new HashMap<>();

    /** Returns the plan with the cells that this machine can run, and adds a problem for those that it cannot. */
    Plan fit(Plan.Cells plan, Source source, Set<Problem> problems) {
        var possible = new ArrayList<PlannedCell>();
        var missing = new LinkedHashSet<String>();
        for (PlannedCell cell : plan.cells()) {
            var lacks = new LinkedHashSet<String>();
            lacks(cell.old().address()).ifPresent(lacks::add);
            lacks(cell.old().connectTo()).ifPresent(lacks::add);
            lacks(cell.fresh().address()).ifPresent(lacks::add);
            if (lacks.isEmpty()) {
                possible.add(cell);
            } else if (cell.truth() == null) {
                String field = "spec.cells[" + (cell.number() - 1) + "]";
                lacks.forEach(why -> problems.add(source.problem(Severity.error, field, why)));
            }
            missing.addAll(lacks);
        }
        int left = plan.cells().size() - possible.size();
        if (left == 0) {
            return plan;
        }
        if (plan.cells().getFirst().truth() != null) {
            problems.add(source.problem(
                    possible.isEmpty() ? Severity.error : Severity.warning,
                    "spec.truthTable.families",
                    left + " of " + plan.cells().size() + " cells cannot be had here and are left out: "
                            + String.join("; ", missing)));
        }
        return new Plan.Cells(plan.experiment(), possible);
    }

    private Optional<String> lacks(String address) {
        return Optional.of(asked.computeIfAbsent(address, RunnableCells::probe)).filter(why -> !why.isEmpty());
    }

    /** Returns what the machine lacks to bind the address; empty if nothing. */
    private static String probe(String address) {
        InetAddress literal = InetAddress.ofLiteral(address);
        if (!(BindTrial.bind(literal, 0, false, false) instanceof BindTrial.Refused refused)) {
            return "";
        }
        return literal instanceof Inet6Address && refused.is(Errno.EADDRNOTAVAIL)
                ? "this machine has no address " + address + ": IPv6 is off, or half off"
                : MachineCheck.missing(address, refused);
    }
}
