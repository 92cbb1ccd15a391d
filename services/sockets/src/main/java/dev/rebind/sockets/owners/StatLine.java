package dev.rebind.sockets.owners;

import java.time.Instant;

/**
 * {@code /proc/PID/stat} ({@code fs/proc/array.c}, do_task_stat): pid, (comm), state, ppid, pgrp, session … starttime as the
 * 22nd field. The comm may have spaces and parentheses in it, so the last parenthesis is its end.
 *
 * @param startTicks since the boot, in USER_HZ, which is 100 on every Linux that Java runs on
 */
record StatLine(String comm, char state, int parent, int session, long startTicks) {
    static final int TICK_MILLIS = 10;
    private static final int START = 22;

    /** @throws IllegalArgumentException for a line that is not of this form */
    static StatLine parse(String line) {
        int open = line.indexOf('(');
        int close = line.lastIndexOf(')');
        if (open < 0 || close < open) {
            throw new IllegalArgumentException("no name in parentheses: " + line);
        }
        String[] fields = line.substring(close + 1).strip().split(" ", -1);
        // The first of them is the third field of the line.
        if (fields.length < START - 2 || fields[0].length() != 1) {
            throw new IllegalArgumentException("too few fields: " + line);
        }
        return new StatLine(
                line.substring(open + 1, close),
                fields[0].charAt(0),
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[3]),
                Long.parseLong(fields[START - 3]));
    }

    /**
     * When the machine was started: btime of {@code /proc/stat}.
     *
     * @throws IllegalArgumentException where it is not there
     */
    static Instant boot(String stat) {
        return stat.lines()
                .filter(line -> line.startsWith("btime "))
                .findFirst()
                .map(line -> Instant.ofEpochSecond(
                        Long.parseLong(line.substring("btime ".length()).strip())))
                .orElseThrow(() -> new IllegalArgumentException("no btime in /proc/stat"));
    }
}
