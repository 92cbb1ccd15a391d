package dev.rebind.agent;

import dev.rebind.sockets.Owner;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.release.Release;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a bind failed.
 *
 * @param cause the cause of the socket that holds the port longest, see {@link Explainer}
 * @param blocking every socket that stood in the way, the decisive ones first
 * @param release when the port is free, by all of them together
 * @param confident false where the evidence leaves another reading; {@code doubts} says which
 * @param prevention what would have let it bind, one plain sentence; null where nothing would
 */
public record Explanation(
        Cause cause,
        List<Blocker> blocking,
        Release release,
        boolean confident,
        List<String> doubts,
        @Nullable String prevention) {
    public Explanation {
        blocking = List.copyOf(blocking);
        doubts = List.copyOf(doubts);
    }

    /**
     * @param owner null where it has none or it cannot be seen
     * @param generation which generation left it; null where not known
     */
    public record Blocker(
            TcpSocket socket,
            Cause cause,
            @Nullable Owner owner,
            @Nullable Integer generation,
            Release release) {}
}
