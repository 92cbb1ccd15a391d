package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks the kernel whether a bind passes, by a bind that is given up at once. It takes some 20 µs and never listens; a server
 * without SO_REUSEADDR that binds in just this time is turned away. Blocks for microseconds; safe for several threads.
 */
final class Prober {
    private Prober() {}

    /** The answers for each place, without the option first. What follows from an earlier answer is not asked again. */
    static List<Attempt> ask(List<Place> places, int port, boolean reusePort) {
        var attempts = new ArrayList<Attempt>();
        for (Place place : places) {
            for (boolean reuse : new boolean[] {false, true}) {
                attempts.add(follows(place, reuse, attempts)
                        .orElseGet(() -> new Attempt(place, reuse, bind(place, reuse, reusePort, port))));
            }
        }
        return attempts;
    }

    /**
     * The answers to binds with SO_REUSEPORT alone. A group of listeners notices nothing: a socket joins it with listen, and only those of the
     * table of listeners get connections (__inet_hash, inet_lhash2_lookup of {@code net/ipv4/inet_hashtables.c}). The port's bucket keeps
     * that one of this user passed (inet_csk_update_fastreuse), which admits none who would not pass anyhow. One with SO_REUSEADDR as
     * well would: for this reason that is not asked.
     */
    static List<Attempt> reusePort(List<Place> places, int port) {
        return places.stream()
                .map(place -> new Attempt(place, false, bind(place, false, true, port)))
                .toList();
    }

    /**
     * A bind that passes without the option passes with it (inet_bind_conflict). That [::] with both families binds tells nothing of
     * 0.0.0.0: security modules and BPF programs have hooks of their own for each family.
     */
    private static Optional<Attempt> follows(Place place, boolean reuse, List<Attempt> earlier) {
        return earlier.stream()
                .filter(Attempt::binds)
                .filter(other -> !other.reuseAddress() || reuse)
                .filter(other -> other.place().equals(place))
                .findFirst()
                .map(_ -> new Attempt(place, reuse, new Attempt.Result.Binds(false)));
    }

    private static Attempt.Result bind(Place place, boolean reuse, boolean reusePort, int port) {
        try (PosixSocket socket = PosixSocket.open(place.family())) {
            if (place.v6Only()) {
                socket.v6Only(true);
            }
            if (reuse) {
                socket.reuseAddress(true);
            }
            if (reusePort) {
                socket.reusePort(true);
            }
            socket.bind(new Endpoint(place.address(), port));
            return new Attempt.Result.Binds(true);
        } catch (PosixException e) {
            return e.call().equals("bind")
                    ? new Attempt.Result.Refused(e.number(), true)
                    : new Attempt.Result.NotKnown("no socket could be made to ask with: " + e.call() + " failed with "
                            + Errno.name(e.number()));
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return new Attempt.Result.NotKnown("system calls are not to be had in this JVM: " + e);
        }
    }
}
