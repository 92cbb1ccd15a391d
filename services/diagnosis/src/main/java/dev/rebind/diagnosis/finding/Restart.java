package dev.rebind.diagnosis.finding;

import dev.rebind.diagnosis.Cause;
import java.net.InetAddress;
import java.time.Duration;

/**
 * What becomes of a server that is restarted now: it ends with everything that it and its children hold, and the same program
 * binds the same address with the same options as the same user.
 */
public sealed interface Restart {
    /** It binds at once, whatever its own connections leave. */
    record BindsAtOnce() implements Restart {}

    /**
     * Each connection that the server closes before its client does stays in TIME_WAIT, and blocks the bind for that time. Nothing
     * else stands in the way.
     *
     * @param open the connections that it has now; with none, it binds at once
     * @param blockedFor how long this kernel keeps a TIME_WAIT
     * @param assumed whether that is 60 s because net.ipv4.tcp_tw_timeout of the network namespace could not be read
     */
    record BlockedByItsConnections(int open, Duration blockedFor, boolean assumed) implements Restart {}

    /**
     * What is on the port already, and is not the server's own, blocks the bind.
     *
     * @param until when the last of it is gone; the server's own connections may block it for longer
     * @param cause what stays longest
     * @param holder who has that
     * @param sockets how many stand in the way
     */
    record Blocked(Ending until, Cause cause, Holder holder, int sockets) implements Restart {}

    /** It cannot even ask for the place where it listens: that has gone since it was bound. */
    record Refused(Gone gone) implements Restart {}

    /** What has gone. */
    sealed interface Gone {
        /** The address is none of this machine any more: bind fails with EADDRNOTAVAIL. */
        record Address(InetAddress address) implements Gone {}

        /** The network device is not there any more, and neither is its name. */
        record Device(int index) implements Gone {}
    }

    /** A fact that decides is not known. */
    record CannotTell(Missing missing) implements Restart {}

    /** The fact that decides. */
    sealed interface Missing {
        /** SO_REUSEADDR of the listener, as no process was seen to have it. */
        record Unseen(Holder.Unseen holder) implements Missing {}

        /** SO_REUSEADDR of the listener, as its process does not let it be read. */
        record Options(int pid, String why) implements Missing {}

        /** IPV6_V6ONLY of the listener, which /proc does not show. */
        record DualStack() implements Missing {}

        /** SO_REUSEADDR of sockets that somebody else has left on the port. */
        record OthersOptions(int sockets) implements Missing {}
    }
}
