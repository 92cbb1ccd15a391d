package dev.rebind.diagnosis.ending;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * When keepalive ends a connection whose other end goes on saying nothing: tcp_keepalive_timer of {@code net/ipv4/tcp_timer.c}. After
 * the idle time it sends a probe each interval, and it ends the connection where the timer fires after the last of them. With
 * TCP_USER_TIMEOUT the count does not matter: it ends it at the first firing after a probe at which the silence is that long. Pure.
 *
 * @param toNext until the timer fires
 * @param silence for how long the other end has said nothing; empty where it is not known
 * @param idle TCP_KEEPIDLE
 * @param interval TCP_KEEPINTVL
 * @param most TCP_KEEPCNT
 * @param tried probes that were not answered so far
 * @param userTimeout TCP_USER_TIMEOUT in milliseconds; empty for none
 */
record Keepalive(
        Duration toNext,
        Optional<Duration> silence,
        Duration idle,
        Duration interval,
        int most,
        int tried,
        OptionalLong userTimeout) {

    /** Until the next probe: a timer that fires before the idle time is over is set again for the rest of it. */
    Duration next() {
        if (tried > 0 || silence.isEmpty()) {
            return toNext;
        }
        Duration first = idle.minus(silence.get());
        return first.compareTo(toNext) > 0 ? first : toNext;
    }

    Duration end() {
        if (userTimeout.isEmpty()) {
            return next().plus(interval.multipliedBy(Math.max(0, most - tried)));
        }
        Duration then = next();
        Duration quiet = silence.map(then::plus).orElse(idle.plus(interval.multipliedBy(tried)));
        // The first firing is a probe where none was sent yet.
        long firings = tried > 0 ? 0 : 1;
        long missing = userTimeout.getAsLong() - quiet.toMillis();
        long step = Math.max(1, interval.toMillis());
        return then.plus(interval.multipliedBy(Math.max(firings, Math.ceilDiv(missing, step))));
    }
}
