package dev.rebind.plan;

import dev.rebind.experiment.cells.BareSocket;
import dev.rebind.experiment.cells.Cell;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.plan.PlannedCell.NewSocket;
import dev.rebind.plan.PlannedCell.OldSocket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plans the cells that a user wrote. */
final class UserCells {
    private UserCells() {}

    static List<PlannedCell> of(List<Cell> cells) {
        var planned = new ArrayList<PlannedCell>();
        for (Cell cell : cells) {
            OldSocket old = old(cell.old());
            NewSocket fresh = fresh(cell.fresh());
            planned.add(new PlannedCell(
                    planned.size() + 1,
                    cell.name() != null ? cell.name() : name(old, fresh),
                    old,
                    fresh,
                    is(cell.simultaneous()),
                    null,
                    expect(cell.expect())));
        }
        return planned;
    }

    private static OldSocket old(BareSocket socket) {
        boolean v6Only = is(socket.v6Only());
        return new OldSocket(
                socket.address(),
                v6Only,
                is(socket.reuseAddress()),
                is(socket.reusePort()),
                socket.state() == null ? Residue.LISTEN : socket.state(),
                connectTo(socket.address(), v6Only));
    }

    private static NewSocket fresh(BareSocket socket) {
        return new NewSocket(socket.address(), is(socket.v6Only()), is(socket.reuseAddress()), is(socket.reusePort()));
    }

    static String connectTo(String address, boolean v6Only) {
        return switch (address) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> v6Only ? "::1" : "127.0.0.1";
            default -> address;
        };
    }

    private static String name(OldSocket old, NewSocket fresh) {
        return old.residue() + " on " + old.address() + ", then " + fresh.address();
    }

    private static @Nullable Expect expect(@Nullable Expect expect) {
        if (expect == null) {
            return null;
        }
        Outcome outcome = expect.outcome();
        if (outcome == null) {
            outcome = expect.cause() != null || expect.call() != null ? Outcome.failed : Outcome.bound;
        }
        return Expect.of(outcome, expect.cause(), expect.call());
    }

    private static boolean is(@Nullable Boolean value) {
        return Boolean.TRUE.equals(value);
    }
}
