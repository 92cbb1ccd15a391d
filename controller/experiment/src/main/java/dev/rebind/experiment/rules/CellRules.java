package dev.rebind.experiment.rules;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.cells.BareSocket;
import dev.rebind.experiment.cells.Cell;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.cells.TruthTable;
import dev.rebind.experiment.expect.Expect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules for pairs of bare sockets. */
final class CellRules {
    private CellRules() {}

    static void check(ExperimentSpec spec, Findings findings) {
        List<Cell> cells = spec.cells();
        if (cells != null) {
            if (cells.isEmpty()) {
                findings.add("spec.cells", "is empty; write one cell or more, or remove it");
            }
            for (int i = 0; i < cells.size(); i++) {
                cell("spec.cells[" + i + "]", cells.get(i), findings);
            }
        }
        TruthTable table = spec.truthTable();
        if (table != null) {
            notEmpty("spec.truthTable.residues", table.residues(), findings);
            notEmpty("spec.truthTable.addresses", table.addresses(), findings);
            notEmpty("spec.truthTable.families", table.families(), findings);
        }
    }

    private static void cell(String path, Cell cell, Findings findings) {
        socket(path + ".old", cell.old(), findings);
        socket(path + ".new", cell.fresh(), findings);
        if (cell.fresh().state() != null) {
            findings.add(
                    path + ".new.state", "the new socket binds and leaves nothing; write state for the old one only");
        }
        if (Boolean.TRUE.equals(cell.simultaneous()) && cell.old().state() != Residue.BOUND) {
            findings.add(
                    path + ".simultaneous",
                    path + ".old.state",
                    "when both start at the same moment the old one is bound and does not listen yet; write old.state: BOUND");
        }
        Expect expect = cell.expect();
        if (expect == null) {
            return;
        }
        ExpectRules.outcome(path + ".expect", expect, findings);
        serverOnly(path + ".expect.residue", expect.residue(), "old.state says what is left", findings);
        serverOnly(path + ".expect.peers", expect.peers(), "bare sockets have no clients", findings);
        serverOnly(path + ".expect.maxDowntime", expect.maxDowntime(), "bare sockets serve nobody", findings);
        serverOnly(path + ".expect.maxBindFailures", expect.maxBindFailures(), "a cell binds once", findings);
        serverOnly(path + ".expect.boundWithin", expect.boundWithin(), "a cell binds once", findings);
        serverOnly(path + ".expect.servedWithin", expect.servedWithin(), "bare sockets serve nobody", findings);
    }

    private static void socket(String path, BareSocket socket, Findings findings) {
        ServerRules.address(path + ".address", socket.address(), findings);
        if (socket.v6Only() != null && !socket.address().equals("::")) {
            findings.add(
                    path + ".v6Only", path + ".address", "only a socket on :: can take IPv4 as well; remove v6Only");
        }
    }

    private static void serverOnly(String field, @Nullable Object value, String why, Findings findings) {
        if (value != null) {
            findings.add(field, why + "; remove it");
        }
    }

    private static void notEmpty(String field, @Nullable List<?> list, Findings findings) {
        if (list != null && list.isEmpty()) {
            findings.add(field, "is empty; leave it out for all");
        }
    }
}
