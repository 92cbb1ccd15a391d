package dev.rebind.live;

import dev.rebind.report.Run;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The experiments that this process shows. Safe for several threads. A call may block for a moment, so use virtual threads. */
public interface Experiments {
    ApiJson.About about();

    /** All experiments, in the order in which the page shows them. */
    List<ApiJson.Overview> list() throws UnavailableException;

    Optional<One> find(String namespace, String name) throws UnavailableException;

    /** The signal for changes that a reader may want to see, such as a new record, phase or step. */
    ChangeSignal changes();

    /** One experiment at the moment of the call; its records keep growing. */
    interface One {
        ApiJson.Overview overview();

        ApiJson.Detail detail() throws UnavailableException;

        /** The steps of the cycles that run now. */
        List<ApiJson.Step> steps();

        RecordLog records();

        /** Tells where the records are stored, and where else they may be found, as sentences for a user who misses some. */
        default String whereRecordsAre() {
            return "Records are kept in " + records().file() + ".";
        }

        /** Looks at the sockets on the experiment's port now. */
        Look look();

        /** Explains why the experiment's port can or cannot be bound now. */
        Why why();

        /** What the experiment's report contains besides the records. */
        Run run();
    }

    /** Result of a look at a port. */
    sealed interface Look {
        record Seen(ApiJson.Sockets sockets) implements Look {}

        /** No port is in use now; the sentence says why. */
        record Nothing(String why) implements Look {}

        record Unreadable(String why) implements Look {}
    }

    /** Why a port can or cannot be bound. */
    sealed interface Why {
        /**
         * The diagnoses of the port.
         *
         * @param answers one answer on one machine; in a cluster one for each pod
         */
        record Told(int port, List<PortDiagnosis> answers) implements Why {
            public Told {
                answers = List.copyOf(answers);
            }
        }

        /** No port is in use now; the sentence says why. */
        record Nothing(String why) implements Why {}
    }

    /**
     * A diagnosis of the port on one machine or in one pod.
     *
     * @param pod null on one machine
     * @param by who looked at the port
     * @param json the diagnosis, as {@code rebind why --json} prints it
     */
    record PortDiagnosis(@Nullable String pod, AnsweredBy by, String json) {}

    /** Who looked at a port. */
    sealed interface AnsweredBy {
        /** This process, because the port is on this machine. */
        record Machine() implements AnsweredBy {}

        /** The agent in the pod. */
        record PodAgent() implements AnsweredBy {}

        /** The agent of the pod's node, which looks at the pod's network namespace from outside. */
        record NodeAgent() implements AnsweredBy {}

        /**
         * This controller, from its earlier looks at the port.
         *
         * @param reason why no agent answers, a clause without a full stop
         */
        record Controller(String reason) implements AnsweredBy {}
    }

    /** Thrown when the source of the experiments does not answer. */
    final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1;

        public UnavailableException(String message) {
            super(message);
        }
    }
}
