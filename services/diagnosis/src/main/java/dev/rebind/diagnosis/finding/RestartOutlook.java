package dev.rebind.diagnosis.finding;

import dev.rebind.diagnosis.Cause;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * What becomes of a server that is restarted now: it ends with everything that it and its children hold, and the same program
 * binds the same address with the same options as the same user.
 */
public sealed interface RestartOutlook {
    /** It binds at once, whatever its own connections leave. */
    record BindsAtOnce() implements RestartOutlook {}

    /**
     * Each connection that the server closes before its client does stays in TIME_WAIT, and blocks the bind for that time. Nothing
     * else stands in the way.
     *
     * @param open the connections that it has now, that its end closes first, and that block the bind then
     * @param reset those of them that a close resets now, as they have unread data or SO_LINGER 0; such a connection leaves nothing, unless
     *     the server ends its own direction before (tcp_close in net/ipv4/tcp.c)
     * @param blockedFor how long this kernel keeps a TIME_WAIT
     * @param assumed whether that is 60 s because net.ipv4.tcp_tw_timeout of the network namespace could not be read
     */
    record BlockedByItsConnections(int open, int reset, Duration blockedFor, boolean assumed)
            implements RestartOutlook {
        /** Whether it has no such connection now, so that it binds at once. */
        public boolean idle() {
            return open == 0;
        }
    }

    /**
     * What is on the port already, and is not the server's own, blocks the bind.
     *
     * @param until when the last of it is gone; the server's own connections may block it for longer
     * @param cause what stays longest
     * @param holder who has that
     * @param sockets how many stand in the way
     */
    record Blocked(Ending until, Cause cause, Holder holder, int sockets) implements RestartOutlook {}

    /** The kernel refuses the address where it listens, which it took when the listener was bound. */
    record Refused(Cause cause, Refusal why) implements RestartOutlook {}

    /** A fact that decides is not known. */
    record CannotTell(Missing missing) implements RestartOutlook {}

    /** The fact that decides. */
    sealed interface Missing {
        /** SO_REUSEADDR of the listener, as no process was seen to have it. */
        record Unseen(Holder.Unseen holder) implements Missing {}

        /** SO_REUSEADDR of the listener, as its process does not let it be read. */
        record Options(int pid, String why) implements Missing {}

        /** IPV6_V6ONLY of the listener, which /proc does not show. */
        record DualStack() implements Missing {}

        /**
         * Whether there is a network device again with the name of the one that the listener is bound to. That has gone, and the kernel
         * keeps no name of it.
         */
        record Device(int index) implements Missing {}

        /** Whether it may bind an address that the kernel refuses to others (IP_FREEBIND, IP_TRANSPARENT). */
        record Nonlocal(InetAddress address) implements Missing {}

        /**
         * Whether the server has CAP_NET_BIND_SERVICE when it starts: the port needs it, its user is not root, and its processes do not
         * have it now.
         *
         * @param start net.ipv4.ip_unprivileged_port_start
         */
        record Privilege(int start) implements Missing {}

        /** SO_REUSEADDR of sockets that somebody else has left on the port. */
        record OthersOptions(int sockets) implements Missing {}

        /**
         * Whether other processes that have the listener too end with the server. While one of them lives, the port stays taken.
         *
         * @param server its pid
         * @param others at least one; none is a worker of the server, which is its child and runs the same program
         */
        record OthersEnd(int server, List<Holder.Found> others) implements Missing {
            public OthersEnd {
                others = List.copyOf(others);
            }
        }
    }
}
