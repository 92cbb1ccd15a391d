package dev.rebind.agent;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Whose descendant a process is, as far as this user sees it. */
final class Ancestors {
    private Ancestors() {}

    /** The process itself, its parent, and so on up. */
    static Set<Long> of(long pid) {
        var pids = new HashSet<Long>();
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        while (process.isPresent() && pids.add(process.get().pid())) {
            process = process.get().parent();
        }
        return pids;
    }
}
