package dev.rebind.sockets.diag;

import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.netlink.ReplyStatus;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;

/**
 * Asks for one known socket by its addresses, whatever else is on the machine: some microseconds, where a dump walks the whole
 * table (sock_diag without NLM_F_DUMP; {@code net/ipv4/inet_diag.c}, inet_diag_find_one_icsk). Needs no right. Safe for
 * several threads, which take turns on one netlink socket.
 *
 * <p>The kernel's lookup is that of a packet, and falls back to a listener of the port where a connection is gone: the answer is
 * therefore compared with what was asked. Listeners with SO_REUSEPORT share their addresses, and a socket that is only bound is in no
 * table of the lookup: such a socket is looked for with a dump of its port where the direct answer does not settle it.
 */
public final class SocketLookup implements AutoCloseable {
    /** What became of a socket. */
    public sealed interface Answer {
        /** @param socket what stands at these addresses now: the known socket in its present state, or one that has taken its place */
        record Found(TcpSocket socket) implements Answer {}

        record Gone() implements Answer {}

        /**
         * @param errno positive; empty where the failure has none, for example an answer that cannot be understood
         * @param why with the errno's name where there is one
         */
        record Failed(OptionalInt errno, String why) implements Answer {}
    }

    private final DiagSocket netlink;
    private final InetDiagReader dumps = new InetDiagReader();
    private int sequence;
    private boolean closed;

    /** @throws PosixException where this system has no sock_diag or no descriptor is left */
    public SocketLookup() throws PosixException {
        netlink = DiagSocket.shared();
    }

    /**
     * Asks for a socket that was seen before.
     *
     * @throws IllegalStateException once this is closed
     */
    public Answer ask(TcpSocket known) {
        return ask(known, false);
    }

    /** As {@link #ask(TcpSocket)}, with the found socket's {@link TcpSocket#info}, which tells whether its peer still answers. */
    public Answer askWithInfo(TcpSocket known) {
        return ask(known, true);
    }

    private Answer ask(TcpSocket known, boolean info) {
        if (known.boundOnly()) {
            return inDump(known);
        }
        Answer direct = direct(known, info || known.state() == TcpState.LISTEN);
        return switch (direct) {
            case Answer.Found(TcpSocket found) -> {
                if (known.state() != TcpState.LISTEN) {
                    yield SocketIdentity.sameAddresses(known, found) ? direct : new Answer.Gone();
                }
                yield SocketIdentity.same(known, found) ? direct : inDump(known);
            }
            // A listener on a mapped or scoped address may be there and not be found.
            case Answer.Gone _ -> known.state() == TcpState.LISTEN ? inDump(known) : direct;
            case Answer.Failed _ -> direct;
        };
    }

    private synchronized Answer direct(TcpSocket known, boolean info) {
        if (closed) {
            throw new IllegalStateException("the lookup is closed");
        }
        sequence++;
        var found = new ArrayList<TcpSocket>(1);
        try {
            return switch (netlink.ask(DiagRequest.ask(known, info, sequence), sequence, found)) {
                case ReplyStatus.Done _ -> new Answer.Found(found.getFirst());
                case ReplyStatus.Refused(int errno) when errno == Errno.ENOENT.number() -> new Answer.Gone();
                case ReplyStatus.Refused(int errno) ->
                    new Answer.Failed(OptionalInt.of(errno), "refused with " + Errno.explain(errno));
                case ReplyStatus.Garbled(String why) -> new Answer.Failed(OptionalInt.empty(), why);
                case ReplyStatus.Interrupted _, ReplyStatus.More _ ->
                    new Answer.Failed(OptionalInt.empty(), "the kernel did not finish its answer");
            };
        } catch (PosixException e) {
            return new Answer.Failed(
                    OptionalInt.of(e.number()), e.call() + " failed with " + Errno.explain(e.number()));
        }
    }

    private Answer inDump(TcpSocket known) {
        SocketQuery query = SocketQuery.onPort(known.local().port()).in(EnumSet.of(TcpState.LISTEN, TcpState.CLOSED));
        return switch (dumps.read(query)) {
            case Reading.Snapshot snapshot -> among(known, snapshot.sockets());
            case Reading.Unreadable unreadable -> new Answer.Failed(OptionalInt.empty(), unreadable.why());
        };
    }

    private static Answer among(TcpSocket known, List<TcpSocket> sockets) {
        return sockets.stream()
                .filter(socket -> SocketIdentity.same(known, socket))
                .findFirst()
                .<Answer>map(Answer.Found::new)
                .orElseGet(Answer.Gone::new);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            netlink.close();
        }
    }
}
