package dev.rebind.sockets.bind;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a bind, and the listen after it, passes the sockets that stand on the port. The kernel asks the same question at
 * both calls (inet_csk_get_port, called again by inet_csk_listen_start), so with nothing changing in between the call
 * that fails is bind; listen fails when another socket of the port began to listen after the bind.
 */
public final class BindRule {
    private BindRule() {}

    /**
     * @param conflicting the sockets that stand in the way
     * @param doubtful those that do or do not, depending on an option that is not known
     */
    public record Answer(List<Standing> conflicting, List<Standing> doubtful) {
        public Answer {
            conflicting = List.copyOf(conflicting);
            doubtful = List.copyOf(doubtful);
        }

        /** ON: it passes; OFF: it fails with EADDRINUSE; UNKNOWN: the options that are known do not decide it. */
        public Flag passes() {
            if (!conflicting.isEmpty()) {
                return Flag.OFF;
            }
            return doubtful.isEmpty() ? Flag.ON : Flag.UNKNOWN;
        }
    }

    public static Answer ask(Candidate candidate, List<Standing> standing) {
        var conflicting = new ArrayList<Standing>();
        var doubtful = new ArrayList<Standing>();
        for (Standing one : standing) {
            switch (conflicts(candidate, one)) {
                case ON -> conflicting.add(one);
                case UNKNOWN -> doubtful.add(one);
                case OFF -> {}
            }
        }
        return new Answer(conflicting, doubtful);
    }

    /** inet_bind_conflict and inet_rcv_saddr_equal together, for one socket. */
    public static Flag conflicts(Candidate candidate, Standing standing) {
        if (!holdsPort(standing.socket())) {
            return Flag.OFF;
        }
        return sameAddress(candidate, standing).and(Flag.not(allowed(candidate, standing)));
    }

    /**
     * inet_bind_conflict, called with relax and reuseport_ok set, as bind and listen to a given port do: both
     * SO_REUSEADDR and no listener, or both SO_REUSEPORT and (TIME_WAIT or one user).
     */
    private static Flag allowed(Candidate candidate, Standing standing) {
        TcpSocket socket = standing.socket();
        Flag reuseAddress = Flag.of(candidate.reuseAddress() && socket.state() != TcpState.LISTEN)
                .and(standing.reuseAddress());
        Flag reusePort =
                Flag.of(candidate.reusePort()).and(standing.reusePort()).and(sameUser(candidate, standing));
        return reuseAddress.or(reusePort);
    }

    /**
     * Whether the kernel takes the two for sockets of one user, which it asks only under SO_REUSEPORT. It compares the uid of
     * the socket, and before that the uid of whoever bound the port last with SO_REUSEPORT (sk_reuseport_match): a
     * connection with another uid does not conflict where its listener had the uid of the candidate.
     */
    private static Flag sameUser(Candidate candidate, Standing standing) {
        TcpSocket socket = standing.socket();
        if (timeWait(socket)) {
            return Flag.ON;
        }
        if (standing.uid().isPresent() && standing.uid().getAsLong() == candidate.uid()) {
            return Flag.ON;
        }
        boolean boundItself = socket.state() == TcpState.LISTEN || socket.state() == TcpState.CLOSED;
        return boundItself ? Flag.OFF : Flag.UNKNOWN;
    }

    /**
     * Whether it is in the table of bound ports at all: a connection request is not. One of IPv4 or IPv6 is shown as
     * SYN_RECEIVED without an inode; a socket of that state with one comes from a simultaneous open, and counts.
     */
    private static boolean holdsPort(TcpSocket socket) {
        return socket.state() != TcpState.NEW_SYN_RECV
                && (socket.state() != TcpState.SYN_RECEIVED || socket.inode() != 0);
    }

    /** What the kernel keeps as a small timewait socket: TIME_WAIT, and FIN_WAIT_2 without an owner (tcp_time_wait). */
    private static boolean timeWait(TcpSocket socket) {
        return socket.state() == TcpState.TIME_WAIT
                || (socket.state() == TcpState.FIN_WAIT_2 && socket.timer().kind() == SocketTimer.Kind.TIME_WAIT);
    }

    /**
     * inet_rcv_saddr_equal with wildcards matching, and for an address that is not a wildcard the look-up in bhash2
     * (inet_bhash2_addr_any_conflict, inet_bind2_bucket_match_addr_any).
     */
    private static Flag sameAddress(Candidate candidate, Standing standing) {
        InetAddress wanted = candidate.address();
        InetAddress there = standing.socket().local().address();
        boolean thereIsFour = there instanceof Inet4Address;
        boolean thereIsAny = there.isAnyLocalAddress();
        Flag alsoFour = Flag.not(standing.v6Only());

        if (candidate.family() == Family.IPV6 && wanted.isAnyLocalAddress()) {
            return Flag.of(!(candidate.v6Only() && thereIsFour));
        }
        if (wanted instanceof Inet4Address) {
            if (thereIsFour) {
                return Flag.of(wanted.equals(there) || wanted.isAnyLocalAddress() || thereIsAny);
            }
            // [::], or an address of IPv6: those of a dual-stack listener's connections have 127.0.0.6 (LOOPBACK4_IPV6)
            // as their IPv4 address, which the IPv4 wildcard matches like any other.
            return thereIsAny || wanted.isAnyLocalAddress() ? alsoFour : Flag.OFF;
        }
        return Flag.of(!thereIsFour && (thereIsAny || wanted.equals(there)));
    }
}
