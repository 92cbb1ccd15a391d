package dev.rebind.record;

import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.restart.Close;
import dev.rebind.record.server.Audited;
import dev.rebind.record.server.LeftBehind;
import dev.rebind.record.server.Program;
import dev.rebind.sockets.TcpState;

/** Whether a restart did what an audit had foretold. */
public enum AuditTruth {
    came_true,
    did_not,
    /** The audit could not tell, the result of the restart is not known, or the audit foretells another kind of restart. */
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
        // An audit foretells a restart in which every process of the old server ends first.
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
            // The audit says what each connection does if the server closes it first. It does not say that there is
            // such a connection.
            case blocked_by_its_connections ->
                switch (outcome) {
                    case bound -> record.residue() == null ? not_comparable : hasTimeWait(record) ? did_not : came_true;
                    case failed -> caused ? came_true : not_comparable;
                };
            // The socket that the audit saw in the way may have ended before the restart.
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
