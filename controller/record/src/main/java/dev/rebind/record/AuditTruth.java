package dev.rebind.record;

import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.restart.Close;
import dev.rebind.record.server.Audited;
import dev.rebind.record.server.LeftBehind;
import dev.rebind.record.server.Program;
import dev.rebind.sockets.TcpState;

/** Whether a restart did what an audit had said of it. */
public enum AuditTruth {
    came_true,
    did_not,
    /** The restart was another one than the audit means, its result is not known, or the audit could not tell. */
    not_comparable;

    public static AuditTruth of(CycleRecord record) {
        Program program = record.program();
        Audited audit = program == null ? null : program.audit();
        if (program == null
                || audit == null
                || record.outcome() == null
                || record.verdict() == Verdict.Error
                || record.verdict() == Verdict.Inconclusive) {
            return not_comparable;
        }
        // An audit means a restart for which every process of the server ends first.
        boolean another = record.closedBy().equals(Close.none.name())
                || (program.leftBehind() != null
                        && program.leftBehind().stream().anyMatch(LeftBehind::listens));
        return another ? not_comparable : of(audit.foretold(), record, record.outcome());
    }

    private static AuditTruth of(Audited.Foretold foretold, CycleRecord record, Outcome outcome) {
        boolean caused = record.cause() != null && record.cause() != Cause.unknown;
        return switch (foretold) {
            case binds_at_once ->
                switch (outcome) {
                    case bound -> came_true;
                    case failed -> caused ? did_not : not_comparable;
                };
            // It says what each connection does that the server closes first, and not that there is one.
            case blocked_by_its_connections ->
                switch (outcome) {
                    case bound -> record.residue() == null ? not_comparable : hasTimeWait(record) ? did_not : came_true;
                    case failed -> caused ? came_true : not_comparable;
                };
            // What was in the way may have ended meanwhile.
            case blocked ->
                switch (outcome) {
                    case bound -> not_comparable;
                    case failed -> came_true;
                };
            case refused ->
                switch (outcome) {
                    case bound -> did_not;
                    case failed -> came_true;
                };
            case cannot_tell -> not_comparable;
        };
    }

    private static boolean hasTimeWait(CycleRecord record) {
        return record.residue() != null && record.residue().containsKey(TcpState.TIME_WAIT.name());
    }
}
