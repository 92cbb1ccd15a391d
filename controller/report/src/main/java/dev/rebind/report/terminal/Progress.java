package dev.rebind.report.terminal;

import dev.rebind.record.CycleRecord;
import org.jspecify.annotations.Nullable;

/** Shows the progress of a run. Safe for use by several threads; its methods never throw. */
public interface Progress extends AutoCloseable {

    /**
     * Says that an experiment begins.
     *
     * @param planned number of its cycles; null where a duration decides
     */
    void experiment(String name, @Nullable Integer planned);

    /** Says that a cycle has reached a new step, such as {@code waiting until the port is free, about 60 s}. */
    void step(String experiment, int cycle, String what);

    /** Says that the cycle waits for its port until its next step. It is called again with each try; only a terminal shows it. */
    void waiting(String experiment, int cycle, Waiting waiting);

    /** Says that a cycle is over. */
    void cycle(CycleRecord record);

    /** Ends the progress and removes an unfinished line from the terminal. */
    @Override
    void close();

    /** Returns progress that prints lines to a file or pipe, or overwrites one line on a terminal. */
    static Progress on(Terminal terminal) {
        return terminal.live() ? new LiveProgress(terminal) : new PlainProgress(terminal);
    }

    /** Returns progress that prints nothing. */
    static Progress silent() {
        return new Progress() {
            @Override
            public void experiment(String name, @Nullable Integer planned) {}

            @Override
            public void step(String experiment, int cycle, String what) {}

            @Override
            public void waiting(String experiment, int cycle, Waiting waiting) {}

            @Override
            public void cycle(CycleRecord record) {}

            @Override
            public void close() {}
        };
    }
}
