package dev.rebind.sockets.owners;

/** {@code /proc/PID/status} ({@code fs/proc/array.c}, proc_pid_status), as far as it is needed. */
record StatusFile(long effectiveUid, long caughtSignals, long ignoredSignals) {
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
                Long.parseUnsignedLong(value(text, "SigIgn:"), 16));
    }

    private static String value(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> line.substring(name.length()).strip())
                .orElseThrow(() -> new IllegalArgumentException("no " + name + " in the status of a process"));
    }
}
