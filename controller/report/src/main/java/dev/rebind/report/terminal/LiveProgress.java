package dev.rebind.report.terminal;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows progress on one line that is overwritten. Each cycle that did not pass leaves a line of its own. */
final class LiveProgress implements Progress {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Terminal terminal;
    private final Map<String, Integer> done = new HashMap<>();
    private final Map<String, String> planned = new HashMap<>();
    /** The present waits, by experiment and cycle. */
    private final LinkedHashMap<String, Waiting> waits = new LinkedHashMap<>();

    private final Thread clock;
    private int passed;
    private int others;

    LiveProgress(Terminal terminal) {
        this.terminal = terminal;
        clock = Thread.ofVirtual().name("clock of the terminal").start(this::tick);
    }

    @Override
    public synchronized void experiment(String name, @Nullable Integer planned) {
        this.planned.put(name, planned == null ? "" : "/" + planned);
        show(name + ": starting");
    }

    @Override
    public synchronized void step(String experiment, int cycle, String what) {
        String of = of(experiment, cycle);
        waits.remove(of);
        show(of + ": " + what);
    }

    private String of(String experiment, int cycle) {
        return experiment + " " + cycle + planned.getOrDefault(experiment, "");
    }

    @Override
    public synchronized void waiting(String experiment, int cycle, Waiting waiting) {
        // A try may take only a millisecond, so it is not printed at once; the clock shows the number of tries.
        if (waits.put(of(experiment, cycle), waiting) == null) {
            showWait();
        }
    }

    private void tick() {
        try {
            while (true) {
                Thread.sleep(SECOND);
                showWait();
            }
        } catch (InterruptedException _) {
            // The interrupt means that the run is over.
        }
    }

    private synchronized void showWait() {
        if (!waits.isEmpty() && !clock.isInterrupted()) {
            Map.Entry<String, Waiting> wait = waits.firstEntry();
            show(wait.getKey() + ": " + wait.getValue().text(Instant.now(), ZoneId.systemDefault()));
        }
    }

    @Override
    public synchronized void cycle(CycleRecord record) {
        int count = done.merge(record.experiment(), 1, Integer::sum);
        waits.remove(of(record.experiment(), record.cycle()));
        String text = record.experiment() + " " + count + planned.getOrDefault(record.experiment(), "") + ": "
                + PlainProgress.result(record);
        if (record.verdict() == Verdict.Pass) {
            passed++;
            show(text);
        } else {
            others++;
            terminal.out().println(Terminal.OVER + Style.of(record.verdict()).on(Terminal.printable(text), terminal));
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
        terminal.out().print(Terminal.OVER + line);
        terminal.out().flush();
    }

    @Override
    public synchronized void close() {
        clock.interrupt();
        waits.clear();
        terminal.out().print(Terminal.OVER);
        terminal.out().flush();
    }
}
