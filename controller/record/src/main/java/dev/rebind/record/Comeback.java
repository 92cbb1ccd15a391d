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

    /** @param after time from the order to stop until the new run was bound */
    record After(Duration after) implements Comeback {}

    record Never() implements Comeback {}

    /** The new run is bound while the old one still listens. */
    record Beside() implements Comeback {}

    /** The new run cannot bind while the old one listens. */
    record NotBeside() implements Comeback {}

    /**
     * The new run has bound the port but does not serve its clients.
     *
     * @param bound how the new run came to bind the port
     */
    record Unserved(Comeback bound) implements Comeback {}

    /**
     * The new run had bound the port but ended by itself before the cycle was over.
     *
     * @param bound how the new run had come to bind the port
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

    /** A number that orders results: the worst of several has the highest. Never is worse than late, and late is worse than not known. */
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

    /**
     * Returns the record whose server came back worst.
     *
     * @param records at least one
     */
    static CycleRecord worst(List<CycleRecord> records) {
        return records.stream()
                .max(Comparator.comparingDouble(
                        (CycleRecord record) -> of(record).gravity()))
                .orElseThrow();
    }
}
