package dev.rebind.sockets.diag;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.netlink.ReplyStatus;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * Reads the sockets of this thread's network namespace by inet_diag: one dump for both families where the kernel takes the
 * first version of the request, else one for each; filtered by the kernel. Needs no right. Safe for several threads: every read opens a netlink socket of its
 * own, which costs microseconds.
 *
 * <p>A connection request (NEW_SYN_RECV) comes as SYN_RECEIVED, which is how the kernel shows it (inet_req_diag_fill). The kernel
 * locks its tables bucket by bucket: a socket that stays is always in the answer, one that comes or goes meanwhile may or
 * may not be. CLOSED sockets, which are bound and do nothing, cost a walk over a second table of the kernel's; leave the
 * state out of the query where they do not matter.
 */
public final class InetDiagReader implements SocketReader {
    public static final String SOURCE = "inet_diag";
    private static final int ATTEMPTS = 5;

    private final boolean info;
    private volatile boolean bothAtOnce = true;

    public InetDiagReader() {
        this(false);
    }

    private InetDiagReader(boolean info) {
        this.info = info;
    }

    /** A reader whose sockets have their {@link TcpSocket#info}, which makes the kernel's answer four times as long. */
    public static InetDiagReader withInfo() {
        return new InetDiagReader(true);
    }

    /** The requests that a read sends to a kernel that takes their first version: for a program that is to ask the same. */
    public static List<byte[]> requests(SocketQuery query) {
        return List.of(
                DiagRequest.dump(query.in(EnumSet.of(TcpState.LISTEN)), true, 1),
                DiagRequest.dump(query.in(withoutListeners(query)), false, 2));
    }

    private static EnumSet<TcpState> withoutListeners(SocketQuery query) {
        var rest = EnumSet.noneOf(TcpState.class);
        rest.addAll(query.states());
        rest.remove(TcpState.LISTEN);
        return rest;
    }

    @Override
    public Reading read(SocketQuery query) {
        String why = "";
        try {
            for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
                // A socket of its own for each attempt: the rest of a spoilt answer goes with the old one.
                switch (attempt(query)) {
                    case Attempt.Whole(Reading.Snapshot snapshot) -> {
                        return snapshot;
                    }
                    case Attempt.Final(String reason) -> {
                        return new Reading.Unreadable(SOURCE, reason);
                    }
                    case Attempt.Spoilt(String reason) -> why = reason;
                }
            }
            return new Reading.Unreadable(SOURCE, why + "; tried " + ATTEMPTS + " times");
        } catch (PosixException e) {
            return new Reading.Unreadable(SOURCE, e.call() + " failed with " + Errno.explain(e.number()));
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return new Reading.Unreadable(SOURCE, "system calls are not to be had in this JVM: " + e);
        }
    }

    private sealed interface Attempt {
        record Whole(Reading.Snapshot snapshot) implements Attempt {}

        /** Another attempt may do better. */
        record Spoilt(String why) implements Attempt {}

        /** No other attempt will do better. */
        record Final(String why) implements Attempt {}
    }

    private Attempt attempt(SocketQuery query) throws PosixException {
        var sockets = new ArrayList<TcpSocket>();
        try (var netlink = new DiagSocket()) {
            long before = System.nanoTime();
            Instant start = Instant.now();
            ReplyStatus outcome = dump(netlink, query, 1, sockets);
            long half = (System.nanoTime() - before) / 2;
            return switch (outcome) {
                case ReplyStatus.Done _ -> {
                    sockets.removeIf(socket -> !query.matches(socket));
                    yield new Attempt.Whole(
                            new Reading.Snapshot(start.plusNanos(half), before + half, SOURCE, sockets, half));
                }
                case ReplyStatus.Refused(int errno)
                when errno == Errno.ENOBUFS.number() ->
                    new Attempt.Spoilt("the kernel had no room: " + Errno.explain(errno));
                case ReplyStatus.Refused(int errno) -> new Attempt.Final("refused with " + Errno.explain(errno));
                case ReplyStatus.Interrupted _ -> new Attempt.Spoilt("the dump was interrupted");
                case ReplyStatus.Garbled(String why) -> new Attempt.Spoilt(why);
                case ReplyStatus.More _ -> throw new AssertionError("an exchange ends");
            };
        }
    }

    /**
     * Listeners are asked for apart from the rest, with their tcp_info, as the kernel names the protocol on top of a socket
     * (MPTCP) only beside it. They stand in a table of their own, so that nothing is walked twice.
     */
    private ReplyStatus dump(DiagSocket netlink, SocketQuery query, int sequence, List<TcpSocket> into)
            throws PosixException {
        EnumSet<TcpState> rest = withoutListeners(query);
        boolean listeners = query.states().contains(TcpState.LISTEN);
        if (info || !listeners) {
            return families(netlink, query, info, sequence, into);
        }
        ReplyStatus outcome = families(netlink, query.in(EnumSet.of(TcpState.LISTEN)), true, sequence, into);
        return outcome instanceof ReplyStatus.Done && !rest.isEmpty()
                ? families(netlink, query.in(rest), false, sequence + 3, into)
                : outcome;
    }

    private ReplyStatus families(
            DiagSocket netlink, SocketQuery query, boolean info, int sequence, List<TcpSocket> into)
            throws PosixException {
        if (bothAtOnce) {
            int before = into.size();
            ReplyStatus outcome = netlink.exchange(DiagRequest.dump(query, info, sequence), sequence, into);
            if (!(outcome instanceof ReplyStatus.Refused)) {
                return outcome;
            }
            // A kernel, or a sandbox that plays one, without the first version of the request.
            bothAtOnce = false;
            into.subList(before, into.size()).clear();
        }
        ReplyStatus four =
                netlink.exchange(DiagRequest.dump(Family.IPV4, query, info, sequence + 1), sequence + 1, into);
        if (!(four instanceof ReplyStatus.Done)) {
            return four;
        }
        ReplyStatus six =
                netlink.exchange(DiagRequest.dump(Family.IPV6, query, info, sequence + 2), sequence + 2, into);
        // A kernel without IPv6 has no IPv6 sockets: ENOENT is a whole answer for that family.
        boolean none = six instanceof ReplyStatus.Refused(int errno) && errno == Errno.ENOENT.number();
        return none ? new ReplyStatus.Done() : six;
    }
}
