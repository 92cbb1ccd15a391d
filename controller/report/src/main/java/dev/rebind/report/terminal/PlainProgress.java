package dev.rebind.report.terminal;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.report.OutcomeWords;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prints a line for each cycle. For an experiment with many cycles, prints the first ones, those that did not pass, and one now and then.
 */
final class PlainProgress implements Progress {
    private static final int ONE_BY_ONE = 24;
    private static final int THEN_EVERY = 100;

    private final Terminal terminal;
    private final Map<String, Integer> done = new HashMap<>();
    private final Map<String, String> planned = new HashMap<>();

    PlainProgress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public synchronized void experiment(String name, @Nullable Integer planned) {
        this.planned.put(name, planned == null ? "" : "/" + planned);
    }

    @Override
    public void step(String experiment, int cycle, String what) {}

    @Override
    public void waiting(String experiment, int cycle, Waiting waiting) {}

    @Override
    public synchronized void cycle(CycleRecord record) {
        int count = done.merge(record.experiment(), 1, Integer::sum);
        String of = planned.getOrDefault(record.experiment(), "");
        boolean last = of.equals("/" + count);
        if (count > ONE_BY_ONE && count % THEN_EVERY != 0 && record.verdict() == Verdict.Pass && !last) {
            return;
        }
        terminal.out().println(Terminal.printable(record.experiment()) + " " + count + of + ": " + result(record));
        terminal.out().flush();
    }

    /** The result of a cycle, for example {@code failed, as expected (time_wait): Pass}. */
    static String result(CycleRecord record) {
        return OutcomeWords.of(record) + (record.cause() == null ? "" : " (" + record.cause() + ")") + ": "
                + record.verdict();
    }

    @Override
    public void close() {}
}
