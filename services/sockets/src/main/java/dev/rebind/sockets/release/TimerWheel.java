package dev.rebind.sockets.release;

/**
 * The kernel's timer wheel ({@code kernel/time/timer.c}): a timer of a long time fires later than its nominal end, at the next
 * multiple of 8^level ticks, where the level follows from the time at which it was set. Pure.
 */
final class TimerWheel {
    private static final int LVL_CLK_SHIFT = 3;
    private static final int LVL_SIZE = 64;
    /** LVL_DEPTH with HZ above 100; no socket's timer comes near the last level. */
    private static final int LVL_DEPTH = 9;

    private TimerWheel() {}

    /** calc_wheel_index: the level for a timer that is set {@code ticks} ahead, 0 to 8. */
    static int level(long ticks) {
        int level = 0;
        while (level < LVL_DEPTH - 1 && ticks >= (LVL_SIZE - 1L) << (level * LVL_CLK_SHIFT)) {
            level++;
        }
        return level;
    }

    /** LVL_GRAN: the distance of two firing points of a level, in ticks. */
    static long granularity(int level) {
        return 1L << (level * LVL_CLK_SHIFT);
    }

    /** calc_index: the tick at which a timer with the nominal end {@code expires} fires; always after it. */
    static long fires(long expires, int level) {
        int shift = level * LVL_CLK_SHIFT;
        return ((expires >> shift) + 1) << shift;
    }
}
