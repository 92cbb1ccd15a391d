package dev.rebind.agent.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells which process belongs to which run of the command. For one thread, except {@link #pids()}. */
final class Processes {
    private final Guardian guardian;
    private final Map<ProcessHandle, CommandRun> runs = new HashMap<>();
    private volatile Set<Long> pids = Set.of();

    Processes(Guardian guardian) {
        this.guardian = guardian;
    }

    /** Returns the pids that the last look saw. */
    Set<Long> pids() {
        return pids;
    }

    /** Returns the living processes of a run, the oldest first. */
    List<ProcessHandle> of(CommandRun run, CommandRun newest) {
        List<ProcessHandle> living = guardian.living();
        runs.keySet().retainAll(new HashSet<>(living));
        for (ProcessHandle one : living) {
            if (!runs.containsKey(one)) {
                runs.put(one, runOf(one, newest));
            }
        }
        Set<Long> all = new HashSet<>();
        runs.keySet().forEach(one -> all.add(one.pid()));
        pids = Set.copyOf(all);
        var own = new ArrayList<ProcessHandle>();
        runs.forEach((process, its) -> {
            if (its.equals(run)) {
                own.add(process);
            }
        });
        own.sort(Comparator.comparing(
                        (ProcessHandle one) -> one.info().startInstant().orElse(java.time.Instant.MAX))
                .thenComparingLong(ProcessHandle::pid));
        return own;
    }

    /**
     * Returns the run of the process's nearest known ancestor. Returns the newest run where all ancestors had ended before they were seen.
     */
    private CommandRun runOf(ProcessHandle process, CommandRun newest) {
        if (process.pid() == newest.pid()) {
            return newest;
        }
        Optional<ProcessHandle> parent = process.parent();
        while (parent.isPresent()) {
            CommandRun its = runs.get(parent.get());
            if (its != null) {
                return its;
            }
            parent = parent.get().parent();
        }
        return newest;
    }
}
