package dev.rebind.live;

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

    /**
     * @param pod null on one machine
     * @param by who looked at the port
     * @param json as {@code rebind why --json} says it
     */
    record PortDiagnosis(@Nullable String pod, AnsweredBy by, String json) {}

    /** Who looked at a port. */
    sealed interface AnsweredBy {
        /** This process: the port is on its machine. */
        record Machine() implements AnsweredBy {}

        /** The agent in the pod. */
        record PodAgent() implements AnsweredBy {}

        /** The agent of the pod's node, which looks at the pod from outside. */
        record NodeAgent() implements AnsweredBy {}

        /**
         * This controller, from what it has seen of the port.
         *
         * @param reason why no agent answers, a clause without a full stop
         */
        record Controller(String reason) implements AnsweredBy {}
    }

    /** The source of the experiments did not answer. */
    final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1;

        public UnavailableException(String message) {
            super(message);
        }
    }
}
