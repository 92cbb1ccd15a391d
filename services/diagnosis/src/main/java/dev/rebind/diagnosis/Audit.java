package dev.rebind.diagnosis;

import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.finding.RestartOutlook;
import java.time.Instant;
import java.util.List;
import java.util.function.IntPredicate;

/** What would not come back at once if it were restarted now. */
public sealed interface Audit {
    /** @param listeners the lowest port first */
    record Read(Instant at, List<AuditedListener> listeners) implements Audit {
        public Read {
            listeners = List.copyOf(listeners);
        }

        /** The listeners on these ports alone. */
        public Read on(IntPredicate ports) {
            return new Read(
                    at,
                    listeners.stream()
                            .filter(listener ->
                                    ports.test(listener.first().local().port()))
                            .toList());
        }

        public Verdict verdict() {
            if (listeners.stream().anyMatch(listener -> Verdict.of(listener.restart()) == Verdict.WOULD_BE_BLOCKED)) {
                return Verdict.WOULD_BE_BLOCKED;
            }
            return listeners.stream().anyMatch(listener -> Verdict.of(listener.restart()) == Verdict.NOT_KNOWN)
                    ? Verdict.NOT_KNOWN
                    : Verdict.BINDS_AT_ONCE;
        }
    }

    /** @param why a clause without a full stop */
    record Unread(String why) implements Audit {}

    /** Of one listener, and the worst of several. */
    enum Verdict {
        BINDS_AT_ONCE(0),
        WOULD_BE_BLOCKED(1),
        NOT_KNOWN(3);

        private final int exitCode;

        Verdict(int exitCode) {
            this.exitCode = exitCode;
        }

        public static Verdict of(RestartOutlook restart) {
            return switch (restart) {
                case RestartOutlook.BindsAtOnce _ -> BINDS_AT_ONCE;
                case RestartOutlook.BlockedByItsConnections its -> its.idle() ? BINDS_AT_ONCE : WOULD_BE_BLOCKED;
                case RestartOutlook.Blocked _, RestartOutlook.Refused _ -> WOULD_BE_BLOCKED;
                case RestartOutlook.CannotTell _ -> NOT_KNOWN;
            };
        }

        /** Of {@code rebind audit}; 2 is wrong usage. */
        public int exitCode() {
            return exitCode;
        }
    }
}
