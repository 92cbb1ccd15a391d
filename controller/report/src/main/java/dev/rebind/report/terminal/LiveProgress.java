package dev.rebind.report.terminal;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One line that is written over. A cycle that did not pass leaves a line of its own behind. */
final class LiveProgress implements Progress {
    /** Carriage return, then erase to the end of the line (ECMA-48, section 8.3.41). */
    private static final String OVER = "\r\u001B[K";

    private final Terminal terminal;
    private final Map<String, Integer> done = new HashMap<>();
    private final Map<String, String> planned = new HashMap<>();
    private int passed;
    private int others;

    LiveProgress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public synchronized void experiment(String name, @Nullable Integer planned) {
        this.planned.put(name, planned == null ? "" : "/" + planned);
        show(name + ": starting");
    }

    @Override
    public synchronized void step(String experiment, int cycle, String what) {
        show(experiment + " " + cycle + planned.getOrDefault(experiment, "") + ": " + what);
    }

    @Override
    public synchronized void cycle(CycleRecord record) {
        int count = done.merge(record.experiment(), 1, Integer::sum);
        String text = record.experiment() + " " + count + planned.getOrDefault(record.experiment(), "") + ": "
                + PlainProgress.result(record);
        if (record.verdict() == Verdict.Pass) {
            passed++;
            show(text);
        } else {
            others++;
            terminal.out().println(OVER + Style.of(record.verdict()).on(Terminal.printable(text), terminal));
            show(text);
        }
    }

    private void show(String text) {
        String counts = passed + " passed" + (others == 0 ? "" : ", " + others + " not") + "  ";
        String line = counts + Terminal.printable(text);
        int room = terminal.columns() - 1;
        if (line.length() > room) {
            line = line.substring(0, room - terminal.ellipsis().length()) + terminal.ellipsis();
        }
        terminal.out().print(OVER + line);
        terminal.out().flush();
    }

    @Override
    public synchronized void close() {
        terminal.out().print(OVER);
        terminal.out().flush();
    }
}
