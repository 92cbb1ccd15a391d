package dev.rebind.sockets.diag;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the sockets of this thread's network namespace by inet_diag: one dump for both families where the kernel takes the
 * first version of the request, else one for each; filtered by the kernel. A request_sock (NEW_SYN_RECV) comes as SYN_RECEIVED, which is how the kernel shows it (inet_req_diag_fill). Needs no
 * right. Safe for several threads: every read opens a netlink socket of its own, which costs microseconds.
 */
public final class InetDiagReader implements SocketReader {
    public static final String SOURCE = "inet_diag";
    private static final int ATTEMPTS = 5;

    private volatile boolean bothAtOnce = true;

    @Override
    public Reading read(SocketQuery query) {
        String why = "";
        try (var netlink = new DiagSocket()) {
            for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
                var sockets = new ArrayList<TcpSocket>();
                long before = System.nanoTime();
                Instant start = Instant.now();
                DiagParser.Outcome outcome = dump(netlink, query, 3 * attempt, sockets);
                switch (outcome) {
                    case DiagParser.Outcome.Done _ -> {
                        long half = (System.nanoTime() - before) / 2;
                        sockets.removeIf(socket -> !query.matches(socket));
                        return new Reading.Snapshot(start.plusNanos(half), before + half, SOURCE, sockets, half);
                    }
                    case DiagParser.Outcome.Refused refused -> {
                        return unreadable("refused with " + DiagParser.explain(refused.errno()));
                    }
                    case DiagParser.Outcome.Interrupted _ -> why = "the dump was interrupted";
                    case DiagParser.Outcome.Garbled garbled -> {
                        // The rest of this answer may still be on its way: a fresh socket would be needed.
                        return unreadable(garbled.why());
                    }
                    case DiagParser.Outcome.More _ -> throw new AssertionError("an exchange ends");
                }
            }
            return unreadable(why + ", " + ATTEMPTS + " times in a row");
        } catch (PosixException e) {
            return unreadable(e.call() + " failed with " + DiagParser.explain(e.number()));
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return unreadable("system calls are not to be had in this JVM: " + e);
        }
    }

    private DiagParser.Outcome dump(DiagSocket netlink, SocketQuery query, int sequence, List<TcpSocket> into)
            throws PosixException {
        if (bothAtOnce) {
            DiagParser.Outcome outcome = netlink.exchange(DiagRequest.dump(query, sequence), sequence, into);
            if (!(outcome instanceof DiagParser.Outcome.Refused)) {
                return outcome;
            }
            // A kernel, or a sandbox that plays one, without the first version of the request.
            bothAtOnce = false;
            into.clear();
        }
        DiagParser.Outcome four =
                netlink.exchange(DiagRequest.dump(Family.IPV4, query, sequence + 1), sequence + 1, into);
        if (!(four instanceof DiagParser.Outcome.Done)) {
            return four;
        }
        DiagParser.Outcome six =
                netlink.exchange(DiagRequest.dump(Family.IPV6, query, sequence + 2), sequence + 2, into);
        // A kernel without IPv6 has no IPv6 sockets: ENOENT is a whole answer for that family.
        boolean none = six instanceof DiagParser.Outcome.Refused(int errno) && errno == Errno.ENOENT.number();
        return none ? new DiagParser.Outcome.Done() : six;
    }

    private static Reading.Unreadable unreadable(String why) {
        return new Reading.Unreadable(SOURCE, why);
    }
}
