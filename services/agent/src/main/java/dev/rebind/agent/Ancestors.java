package dev.rebind.agent;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;

/** The ancestors of processes, as far as this user can see them. */
final class Ancestors {
    private Ancestors() {}

    /** Returns the process itself, its parent, and so on up. */
    static Set<Long> of(long pid) {
        var pids = new HashSet<Long>();
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        while (process.isPresent() && pids.add(process.get().pid())) {
            process = process.get().parent();
        }
        return pids;
    }

    /** Returns a function that looks up each process only once. Use it within one look only. */
    static LongFunction<Set<Long>> remembering(LongFunction<Set<Long>> ancestors) {
        var known = new HashMap<Long, Set<Long>>();
        return pid -> known.computeIfAbsent(pid, ancestors::apply);
    }
}
