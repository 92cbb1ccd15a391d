package dev.rebind.sockets.owners;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code /proc/PID/status} ({@code fs/proc/array.c}, proc_pid_status), as far as it is needed.
 *
 * @param blockedSignals SigBlk of the thread that the file is of: without what it waits for in sigwait(3), as
 *     {@code kernel/signal.c} takes that out meanwhile
 * @param permittedCapabilities CapPrm
 * @param innerPid its pid in its own PID namespace; empty where the kernel does not tell (NSpid)
 */
record StatusFile(
        long effectiveUid,
        long caughtSignals,
        long ignoredSignals,
        long blockedSignals,
        long permittedCapabilities,
        OptionalInt innerPid) {
    /** @throws IllegalArgumentException where one of the lines is not there or not of its form */
    static StatusFile parse(String text) {
        // Uid: real, effective, saved, file system.
        String[] uids = value(text, "Uid:").split("\\s+", -1);
        if (uids.length < 2) {
            throw new IllegalArgumentException("no effective user id in the status of a process");
        }
        return new StatusFile(
                Long.parseLong(uids[1]),
                Long.parseUnsignedLong(value(text, "SigCgt:"), 16),
                Long.parseUnsignedLong(value(text, "SigIgn:"), 16),
                Long.parseUnsignedLong(value(text, "SigBlk:"), 16),
                Long.parseUnsignedLong(value(text, "CapPrm:"), 16),
                innerPid(find(text, "NSpid:").orElse("")));
    }

    /** @param pids in the namespaces from that of the /proc that was read down to the process's own */
    private static OptionalInt innerPid(String pids) {
        return pids.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(pids.substring(pids.lastIndexOf('\t') + 1)));
    }

    private static String value(String text, String name) {
        return find(text, name)
                .orElseThrow(() -> new IllegalArgumentException("no " + name + " in the status of a process"));
    }

    private static Optional<String> find(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> line.substring(name.length()).strip());
    }
}
