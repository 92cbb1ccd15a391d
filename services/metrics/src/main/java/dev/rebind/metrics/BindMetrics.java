package dev.rebind.metrics;

import dev.rebind.sockets.options.SocketOptions;
import dev.rebind.sockets.posix.Errno;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts binds and restarts into a registry. Every label is of a closed set: what is not in it is counted under the
 * label's word for anything else. Safe for several threads; does not block.
 */
public final class BindMetrics {
    /** Why a bind failed, where nobody found out. */
    public static final String UNKNOWN = "unknown";

    /** A label that has no value here. */
    public static final String NONE = "none";

    /** An errno that bind and listen are not documented to fail with, and a port after {@link PortMetrics#MOST_PORTS} others. */
    public static final String OTHER = "other";

    /** bind(2), listen(2), ip(7) and ipv6(7). */
    private static final Set<String> ERRNOS = Set.copyOf(Arrays.stream(new Errno[] {
                Errno.EACCES,
                Errno.EADDRINUSE,
                Errno.EADDRNOTAVAIL,
                Errno.EAFNOSUPPORT,
                Errno.EINVAL,
                Errno.EMFILE,
                Errno.ENFILE,
                Errno.ENOBUFS,
                Errno.ENOMEM,
                Errno.EOPNOTSUPP,
                Errno.EPERM
            })
            .map(Errno::name)
            .toList());

    private final MeterRegistry registry;
    private final Set<String> causes;
    private final Set<Integer> ports = new HashSet<>();

    /** How a server was restarted. */
    public enum Restart {
        /** Its listener was closed and opened again in one process. */
        listener,
        /** Its process ended and another was started. */
        process
    }

    /**
     * Begins with every series that may come of restarts, at zero.
     *
     * @param causes names of the causes that a failed bind may be found to have; {@link #UNKNOWN} is always one
     */
    public BindMetrics(MeterRegistry registry, Set<String> causes) {
        this.registry = registry;
        var all = new LinkedHashSet<>(causes);
        all.add(UNKNOWN);
        this.causes = all;
        for (Restart restart : Restart.values()) {
            restarts(restart);
            durations(restart);
        }
    }

    /** Has every series of the port's binds begin at zero: so that the first failure is seen as an increase. */
    public void expect(int port) {
        for (Boolean old : new @Nullable Boolean[] {null, false, true}) {
            for (boolean fresh : new boolean[] {false, true}) {
                attempts(port, "bound", NONE, NONE, old, fresh);
                for (String cause : causes) {
                    attempts(port, "failed", cause, Errno.EADDRINUSE.name(), old, fresh);
                }
            }
        }
        error(port);
    }

    /**
     * A bind and its listen succeeded.
     *
     * @param reuseOld SO_REUSEADDR of what was bound there before; null where there was nothing, or it is not known
     * @param reuseNew SO_REUSEADDR of the socket
     */
    public void bound(int port, @Nullable Boolean reuseOld, boolean reuseNew) {
        attempts(port, "bound", NONE, NONE, reuseOld, reuseNew).increment();
    }

    /**
     * A bind or its listen failed.
     *
     * @param cause one of the causes; anything else counts as {@link #UNKNOWN}
     * @param errno its name; null where it cannot be told
     */
    public void failed(int port, String cause, @Nullable String errno, @Nullable Boolean reuseOld, boolean reuseNew) {
        String known = errno != null && ERRNOS.contains(errno) ? errno : OTHER;
        attempts(port, "failed", causes.contains(cause) ? cause : UNKNOWN, known, reuseOld, reuseNew)
                .increment();
    }

    /** A server was stopped and the next one is being started, whatever comes of it. */
    public void restarted(Restart mode) {
        restarts(mode).increment();
    }

    private Counter restarts(Restart mode) {
        return Counter.builder("rebind.restarts")
                .description("Servers stopped and started again here")
                .tag("mode", mode.name())
                .register(registry);
    }

    private Timer durations(Restart mode) {
        return Timer.builder("rebind.restart.to.bound")
                .description("From the order to stop a server until the next one was bound")
                .tag("mode", mode.name())
                .serviceLevelObjectives(Buckets.outages())
                .register(registry);
    }

    /** @param took from the order to stop the old server until the new one was bound */
    public void rebound(Restart mode, Duration took) {
        durations(mode).record(took);
    }

    /** @param error between the moment at which a port was predicted to be free and that at which it was */
    public void released(int port, Duration error) {
        error(port).record(error.abs());
    }

    private Timer error(int port) {
        return Timer.builder("rebind.port.release.error")
                .description("Between the predicted and the actual release of a port")
                .tag("port", label(port))
                .serviceLevelObjectives(Buckets.errors())
                .register(registry);
    }

    private Counter attempts(
            int port, String outcome, String cause, String errno, @Nullable Boolean reuseOld, boolean reuseNew) {
        return Counter.builder("rebind.bind.attempts")
                .description("Binds of a server, with the listen that follows, by what came of them and why")
                .tag("port", label(port))
                .tag("outcome", outcome)
                .tag("cause", cause)
                .tag("errno", errno)
                .tag("reuse.old", reuseOld == null ? NONE : SocketOptions.onOff(reuseOld))
                .tag("reuse.new", SocketOptions.onOff(reuseNew))
                .register(registry);
    }

    private synchronized String label(int port) {
        if (ports.contains(port) || ports.size() < PortMetrics.MOST_PORTS) {
            ports.add(port);
            return Integer.toString(port);
        }
        return OTHER;
    }
}
