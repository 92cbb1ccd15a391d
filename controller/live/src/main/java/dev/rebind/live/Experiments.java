package dev.rebind.live;

import dev.rebind.report.Run;
import java.util.List;
import java.util.Optional;

/**
 * The experiments that can be seen here. Safe for several threads; a call may wait for a moment, so it is made from virtual
 * threads.
 */
public interface Experiments {
    Views.About about();

    /** All of them, in the order in which people look at them. */
    List<Views.Overview> list() throws UnavailableException;

    Optional<One> find(String namespace, String name) throws UnavailableException;

    /** Is told of everything that readers may want to see: a record, a phase, a step. */
    ChangeSignal changes();

    /** One experiment at the moment at which it was asked for; its records go on growing. */
    interface One {
        Views.Overview overview();

        Views.Detail detail() throws UnavailableException;

        /** Cycles under way. */
        List<Views.Step> steps();

        RecordLog records();

        /** The sockets of its port as they are now. */
        Look look();

        /** What its report says beside the records. */
        Run run();
    }

    /** What came of looking at a port. */
    sealed interface Look {
        record Seen(Views.Sockets sockets) implements Look {}

        /** Nothing has a port now; the sentence says why. */
        record Nothing(String why) implements Look {}

        record Unreadable(String why) implements Look {}
    }

    /** What experiments are read from did not answer. */
    final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1;

        public UnavailableException(String message) {
            super(message);
        }
    }
}
