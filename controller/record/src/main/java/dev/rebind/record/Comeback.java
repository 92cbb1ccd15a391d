package dev.rebind.record;

import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.restart.Close;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.server.Program;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** Whether and when a server that a command started came back in one cycle. */
public sealed interface Comeback {
    record AtOnce() implements Comeback {}

    /** @param after from the order to stop until it was bound */
    record After(Duration after) implements Comeback {}

    record Never() implements Comeback {}

    /** The new run is bound while the old one still listens. */
    record Beside() implements Comeback {}

    /** The new run cannot bind while the old one listens. */
    record NotBeside() implements Comeback {}

    /**
     * The new run has bound the port and does not serve its clients.
     *
     * @param bound how it has bound it
     */
    record Unserved(Comeback bound) implements Comeback {}

    /**
     * The new run has bound the port and ended by itself before the cycle was over.
     *
     * @param bound how it had bound it
     */
    record EndedAgain(Comeback bound, int exitCode) implements Comeback {}

    record NotKnown() implements Comeback {}

    static Comeback of(CycleRecord record) {
        if (record.outcome() == null || record.verdict() == Verdict.Error || record.verdict() == Verdict.Inconclusive) {
            return new NotKnown();
        }
        Comeback bound = ofBind(record);
        if (bound instanceof Never || bound instanceof NotBeside) {
            return bound;
        }
        Program program = record.program();
        if (program != null && program.newExitCode() != null) {
            return new EndedAgain(bound, program.newExitCode());
        }
        ClientView clients = record.clients();
        return clients != null && Boolean.FALSE.equals(clients.served()) ? new Unserved(bound) : bound;
    }

    private static Comeback ofBind(CycleRecord record) {
        if (record.closedBy().equals(Close.none.name())) {
            return record.outcome() == Outcome.bound ? new Beside() : new NotBeside();
        }
        if (record.outcome() == Outcome.bound) {
            return new AtOnce();
        }
        return record.stopToBound().<Comeback>map(After::new).orElseGet(Never::new);
    }

    /** What decides for several: a server that does not come back, before one that is late, before one that is not known. */
    default double gravity() {
        return switch (this) {
            case AtOnce _, Beside _ -> 0;
            case NotKnown _ -> 1;
            case NotBeside _ -> 1.5;
            case After(Duration after) -> 2 + after.toMillis();
            case Unserved _, EndedAgain _ -> Double.MAX_VALUE / 2;
            case Never _ -> Double.MAX_VALUE;
        };
    }

    /** @param records at least one */
    static CycleRecord worst(List<CycleRecord> records) {
        return records.stream()
                .max(Comparator.comparingDouble(
                        (CycleRecord record) -> of(record).gravity()))
                .orElseThrow();
    }
}
