package dev.rebind.live;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.report.Run;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The experiments that are visible here. Safe for several threads; a call may block for a moment, so use virtual
 * threads.
 */
public interface Experiments {
    ApiJson.About about();

    /** All experiments, in the order in which people see them. */
    List<ApiJson.Overview> list() throws UnavailableException;

    Optional<One> find(String namespace, String name) throws UnavailableException;

    /** Signals each change that a reader may want to see: a record, a phase, a step. */
    ChangeSignal changes();

    /** One experiment at the moment of the call; its records keep growing. */
    interface One {
        ApiJson.Overview overview();

        ApiJson.Detail detail() throws UnavailableException;

        /** The steps of the cycles that run now. */
        List<ApiJson.Step> steps();

        RecordLog records();

        /** Where its records are kept, and what there is of them elsewhere: sentences for whoever misses some. */
        default String whereRecordsAre() {
            return "Records are kept in " + records().file() + ".";
        }

        /** The present sockets of its port. */
        Look look();

        /** Why its port can or cannot be bound now. */
        Why why();

        /** Contents of its report besides the records. */
        Run run();
    }

    /** Result of a look at a port. */
    sealed interface Look {
        record Seen(ApiJson.Sockets sockets) implements Look {}

        /** No port is in use now; the sentence says why. */
        record Nothing(String why) implements Look {}

        record Unreadable(String why) implements Look {}
    }

    /** What is in the way of a bind. */
    sealed interface Why {
        /** @param answers one answer on one machine; in a cluster one for each pod */
        record Told(int port, List<PortDiagnosis> answers) implements Why {
            public Told {
                answers = List.copyOf(answers);
            }
        }

        /** No port is in use now; the sentence says why. */
        record Nothing(String why) implements Why {}
    }

    /** @param pod null on one machine */
    record PortDiagnosis(@Nullable String pod, Diagnosis diagnosis) {}

    /** The source of the experiments did not answer. */
    final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1;

        public UnavailableException(String message) {
            super(message);
        }
    }
}
