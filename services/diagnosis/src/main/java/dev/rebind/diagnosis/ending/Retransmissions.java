package dev.rebind.diagnosis.ending;

import java.util.OptionalLong;

/**
 * When the kernel gives up a connection whose segments nobody acknowledges: tcp_write_timeout, retransmits_timed_out,
 * tcp_model_timeout and tcp_orphan_retries of {@code net/ipv4/tcp_timer.c}. All times in milliseconds. Pure.
 *
 * @param toNext until the timer fires
 * @param rto the timeout that runs, with its doublings
 * @param doublings how often it was doubled
 * @param orphan whether no process has the socket
 * @param orphanRetries tcp_orphan_retries
 * @param retries2 tcp_retries2
 * @param userTimeout TCP_USER_TIMEOUT; empty for none
 */
record Retransmissions(
        long toNext,
        long rto,
        int doublings,
        boolean orphan,
        int orphanRetries,
        int retries2,
        OptionalLong userTimeout) {
    private static final long RTO_MIN = 200;
    private static final long RTO_MAX = 120_000;
    /** ilog2(RTO_MAX / RTO_MIN): so many doublings, and steps of RTO_MAX after that. */
    private static final int LINEAR_FROM = 9;

    private static final int MOST = 100;

    /** Until the retransmission that is not made any more. */
    long end() {
        long timeout = Math.max(1, rto);
        long at = toNext;
        // From the first retransmission to the next firing of the timer: the doublings in between.
        long elapsed = doublings == 0 ? 0 : 2 * timeout - 2 * (timeout >> Math.min(doublings, 30));
        if (userTimeout.isPresent() && !orphan) {
            // The timer never sleeps longer than what is left of it: tcp_clamp_rto_to_user_timeout, Linux 4.19.
            return at + Math.max(0, userTimeout.getAsLong() - elapsed);
        }
        int done = doublings;
        for (int i = 0; i < MOST && !(done > 0 && elapsed >= limit(timeout)); i++) {
            timeout = Math.min(2 * timeout, RTO_MAX);
            at += timeout;
            elapsed += timeout;
            done++;
        }
        return at;
    }

    private long limit(long timeout) {
        if (orphan) {
            return modelled(orphanTries(timeout < RTO_MAX));
        }
        return modelled(retries2);
    }

    /** 8 where nothing is set and the connection was alive lately, which takes 102 s by the model and some more by the timers. */
    private int orphanTries(boolean alive) {
        return orphanRetries == 0 && alive ? 8 : orphanRetries;
    }

    private static long modelled(int tries) {
        return tries <= LINEAR_FROM
                ? ((2L << tries) - 1) * RTO_MIN
                : ((2L << LINEAR_FROM) - 1) * RTO_MIN + (tries - LINEAR_FROM) * RTO_MAX;
    }

    /**
     * Until the probe of a closed window that is not made any more (tcp_probe_timer). A connection of a process whose peer answers is
     * probed for as long as it lives.
     *
     * @param unanswered how many probes in a row were not answered so far
     * @param answered whether the peer answers those that come, so that only the doublings end an orphan
     */
    long probesEnd(int unanswered, boolean answered) {
        long at = toNext;
        if (userTimeout.isPresent() && !orphan) {
            // It runs from the first probe, answered or not: tcp_clamp_probe0_to_user_timeout.
            long elapsed = 0;
            for (int i = 1; i <= Math.min(doublings, MOST); i++) {
                elapsed += interval(i);
            }
            return at + Math.max(0, userTimeout.getAsLong() - elapsed);
        }
        int done = doublings;
        int silent = unanswered;
        for (int i = 0; i < MOST; i++) {
            boolean alive = interval(done) < RTO_MAX;
            int most = orphan ? orphanTries(alive) : retries2;
            if ((orphan && !alive && done >= most) || (!answered && silent >= most)) {
                return at;
            }
            done++;
            silent++;
            at += interval(done);
        }
        return at;
    }

    private long interval(int doubled) {
        return Math.min(Math.max(1, rto) << Math.min(doubled, 20), RTO_MAX);
    }
}
