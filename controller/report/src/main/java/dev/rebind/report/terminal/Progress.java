package dev.rebind.report.terminal;

import dev.rebind.record.CycleRecord;
import org.jspecify.annotations.Nullable;

/** Says how far a run is, while it runs. Safe for several threads; never throws. */
public interface Progress extends AutoCloseable {

    /**
     * An experiment begins.
     *
     * @param planned its cycles; null where a duration decides
     */
    void experiment(String name, @Nullable Integer planned);

    /** A cycle is at a new step, such as {@code waiting until the port is free, about 60 s}. */
    void step(String experiment, int cycle, String what);

    /** The cycle waits for its port, until its next step; said again with each try. Only a terminal shows it. */
    void waiting(String experiment, int cycle, Waiting waiting);

    /** A cycle is over. */
    void cycle(CycleRecord record);

    /** Nothing more is to come; what stands on the terminal is left clean. */
    @Override
    void close();

    /** Lines for a file or pipe, one line that is written over for a terminal. */
    static Progress on(Terminal terminal) {
        return terminal.live() ? new LiveProgress(terminal) : new PlainProgress(terminal);
    }

    /** Says nothing. */
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
