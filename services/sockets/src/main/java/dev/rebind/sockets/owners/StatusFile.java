package dev.rebind.sockets.owners;

import java.util.Optional;

/**
 * {@code /proc/PID/status} ({@code fs/proc/array.c}, proc_pid_status), as far as it is needed.
 *
 * @param reaper whether it is process 1 of its own PID namespace; false where the kernel does not tell (NSpid)
 */
record StatusFile(long effectiveUid, long caughtSignals, long ignoredSignals, boolean reaper) {
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
                find(text, "NSpid:").map(pids -> pids.matches("(.*\\s)?1")).orElse(false));
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
