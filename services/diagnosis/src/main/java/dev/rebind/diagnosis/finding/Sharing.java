package dev.rebind.diagnosis.finding;

import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.TcpSocket;

/**
 * Somebody else who listens on the port beside a server that binds it.
 *
 * @param place where the server binds
 * @param needsReusePort whether the server binds beside it with SO_REUSEPORT only
 */
public record Sharing(Place place, TcpSocket listener, Holder holder, Gets gets, boolean needsReusePort) {
    /** Which clients reach it, and not the server (inet_lookup_listener and compute_score of net/ipv4/inet_hashtables.c). */
    public enum Gets {
        /** Those of its own address. */
        ITS_ADDRESS,
        /** Those over IPv4, as an IPv4 listener comes before one for both families. */
        ALL_IPV4,
        /** Those over IPv6. */
        ALL_IPV6,
        /** A part, by a hash over the addresses and ports, or as a BPF program of their group chooses (SO_ATTACH_REUSEPORT_EBPF). */
        A_SHARE,
        /** Those of its device. */
        ITS_DEVICE,
        /** Those that the server's address does not take. */
        THE_REST
    }
}
