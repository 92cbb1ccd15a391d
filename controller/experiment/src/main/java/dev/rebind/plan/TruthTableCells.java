package dev.rebind.plan;

import dev.rebind.experiment.cells.Relation;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.cells.Stack;
import dev.rebind.experiment.cells.TruthTable;
import dev.rebind.plan.PlannedCell.NewSocket;
import dev.rebind.plan.PlannedCell.OldSocket;
import dev.rebind.plan.PlannedCell.Truth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cells of the truth table: residue x address x family x old and new SO_REUSEADDR, 216 in all. With old and new SO_REUSEPORT, which a
 * user may ask for, there are 864.
 *
 * <p>The addresses of the old socket (and of the client's connection to it) and of the new one are:
 *
 * <pre>
 *          same                      wildcard over specific     other
 * IPv4     127.0.0.1 → 127.0.0.1     127.0.0.1 → 0.0.0.0        127.0.0.1 → 127.0.0.2
 * IPv6     ::1 → ::1                 ::1 → :: (v6Only)          ::1 → 127.0.0.1
 * dual     :: (by 127.0.0.1) → ::    127.0.0.1 → ::             :: (by 127.0.0.1) → 127.0.0.2
 * </pre>
 *
 * <p>A machine has only one IPv6 loopback address, and a lab must not add another. The other address for ::1 is therefore 127.0.0.1. In the
 * dual row, the connections of the old socket have the IPv4-mapped local address ::ffff:127.0.0.1, which differs from 127.0.0.2. If the
 * residue is the listener itself, it is on the wildcard, which also covers 127.0.0.2. Of the cells with "other", these are the ones that
 * fail.
 */
final class TruthTableCells {
    private static final boolean[] OFF_ON = {false, true};
    private static final boolean[] OFF = {false};

    private TruthTableCells() {}

    private record Addresses(String old, boolean oldV6Only, String connectTo, String fresh, boolean freshV6Only) {}

    static List<PlannedCell> of(TruthTable table) {
        Set<Residue> residues = table.residues() != null
                ? new LinkedHashSet<>(table.residues())
                : EnumSet.complementOf(EnumSet.of(Residue.BOUND));
        boolean[] ports = Boolean.TRUE.equals(table.reusePort()) ? OFF_ON : OFF;
        var cells = new ArrayList<PlannedCell>();
        for (boolean oldPort : ports) {
            for (boolean newPort : ports) {
                add(table, residues, oldPort, newPort, cells);
            }
        }
        return cells;
    }

    /** Adds the cells for one pair of SO_REUSEPORT. Each pair gives a whole table, and the tables follow each other. */
    private static void add(
            TruthTable table, Set<Residue> residues, boolean oldPort, boolean newPort, List<PlannedCell> cells) {
        for (Residue residue : residues) {
            for (Relation relation : or(table.addresses(), Relation.values())) {
                for (Stack stack : or(table.families(), Stack.values())) {
                    for (boolean old : OFF_ON) {
                        for (boolean fresh : OFF_ON) {
                            cells.add(cell(
                                    cells.size() + 1,
                                    new Truth(residue, relation, stack),
                                    old,
                                    fresh,
                                    oldPort,
                                    newPort));
                        }
                    }
                }
            }
        }
    }

    private static PlannedCell cell(
            int number, Truth truth, boolean oldReuse, boolean newReuse, boolean oldPort, boolean newPort) {
        Addresses at = addresses(truth.relation(), truth.stack());
        return new PlannedCell(
                number,
                truth.residue() + " / " + words(truth.relation()) + " / " + truth.stack() + ports(oldPort, newPort),
                new OldSocket(at.old(), at.oldV6Only(), oldReuse, oldPort, truth.residue(), at.connectTo()),
                new NewSocket(at.fresh(), at.freshV6Only(), newReuse, newPort),
                false,
                truth,
                null);
    }

    private static Addresses addresses(Relation relation, Stack stack) {
        return switch (stack) {
            case IPv4 ->
                switch (relation) {
                    case same -> v4("127.0.0.1");
                    case wildcard_over_specific -> v4("0.0.0.0");
                    case other -> v4("127.0.0.2");
                };
            case IPv6 ->
                switch (relation) {
                    case same -> new Addresses("::1", false, "::1", "::1", false);
                    case wildcard_over_specific -> new Addresses("::1", false, "::1", "::", true);
                    case other -> new Addresses("::1", false, "::1", "127.0.0.1", false);
                };
            case dual ->
                switch (relation) {
                    case same -> new Addresses("::", false, "127.0.0.1", "::", false);
                    case wildcard_over_specific -> new Addresses("127.0.0.1", false, "127.0.0.1", "::", false);
                    case other -> new Addresses("::", false, "127.0.0.1", "127.0.0.2", false);
                };
        };
    }

    private static Addresses v4(String fresh) {
        return new Addresses("127.0.0.1", false, "127.0.0.1", fresh, false);
    }

    /** The words for SO_REUSEPORT in a cell's name; empty where neither socket has it, as in a table without this option. */
    private static String ports(boolean oldPort, boolean newPort) {
        if (!oldPort && !newPort) {
            return "";
        }
        return " / SO_REUSEPORT on " + (oldPort ? newPort ? "both" : "the old one only" : "the new one only");
    }

    private static String words(Relation relation) {
        return switch (relation) {
            case same -> "same address";
            case wildcard_over_specific -> "wildcard over specific";
            case other -> "other loopback address";
        };
    }

    private static <T> Set<T> or(@Nullable List<T> written, T[] all) {
        return new LinkedHashSet<>(written != null ? written : Arrays.asList(all));
    }
}
