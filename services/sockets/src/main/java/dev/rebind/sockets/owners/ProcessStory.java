package dev.rebind.sockets.owners;

import dev.rebind.sockets.proc.Rights;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a process comes from, as {@code /proc/PID} tells it; see proc(5). What this process may not read is empty.
 *
 * @param pid as seen in the PID namespace of the /proc that was read
 * @param innerPid its pid in its own PID namespace, which is what it takes for its pid itself; the same as {@code pid} where the
 *     kernel does not tell
 * @param commandLine its arguments, that of the program first; empty for a kernel thread and a process whose main thread has
 *     ended. A process can overwrite them, as nginx and PostgreSQL do
 * @param executable the program's file, with {@code " (deleted)"} behind it where it was replaced; empty where not allowed
 * @param comm its name, at most 15 bytes
 * @param uid the effective user id
 * @param user the user's name; empty where this system has none for the id, for example for a user of a container
 * @param startedAt when it was started, true to about a second: the kernel counts in hundredths from the boot, whose moment it
 *     tells in whole seconds
 * @param parent the parent's pid; 0 where it is outside the PID namespace
 * @param session the id of its session, which is the pid of the process that began it
 * @param reaper whether it is process 1 of its PID namespace, which becomes the parent of each process there whose parent ends
 * @param state R, S, D, T, Z and so on
 * @param mainThreadEnded whether the main thread has ended while others go on: {@code /proc/PID/fd} is empty then
 * @param cgroup the text of {@code /proc/PID/cgroup}; empty where there is none
 * @param listenEnvironment whether a service manager handed it sockets
 * @param networkNamespace the inode of its network namespace; empty where not allowed
 * @param caughtSignals SigCgt: the signals that it has a handler for, as bits; signal 1 is the lowest
 * @param ignoredSignals SigIgn, in the same form
 * @param permittedCapabilities CapPrm, as bits; in the process's own user namespace
 * @param blocksSigterm whether SIGTERM stays pending: every thread blocks it, and no signalfd of the process takes it
 * @param frozen whether its cgroup is frozen: in the hierarchy of version 2, or, in the state D, in one of version 1
 */
public record ProcessStory(
        int pid,
        int innerPid,
        List<String> commandLine,
        Optional<String> executable,
        String comm,
        long uid,
        Optional<String> user,
        Instant startedAt,
        int parent,
        int session,
        boolean reaper,
        char state,
        boolean mainThreadEnded,
        Optional<String> cgroup,
        ListenEnvironment listenEnvironment,
        OptionalLong networkNamespace,
        long caughtSignals,
        long ignoredSignals,
        long permittedCapabilities,
        boolean blocksSigterm,
        boolean frozen) {
    public ProcessStory {
        commandLine = List.copyOf(commandLine);
    }

    /** @param signal 1 to 64, for example 15 for SIGTERM */
    public boolean catches(int signal) {
        return (caughtSignals >>> (signal - 1) & 1) == 1;
    }

    public boolean permits(Rights.Right right) {
        return right.in(permittedCapabilities);
    }

    /** @param signal 1 to 64 */
    public boolean ignores(int signal) {
        return (ignoredSignals >>> (signal - 1) & 1) == 1;
    }
}
