package dev.rebind.sockets.diag;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.UdpSocket;
import dev.rebind.sockets.netlink.ReplyStatus;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.proc.ProcUdp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who is bound to a UDP port, from inet_diag, or from /proc where the kernel lacks udp_diag. Safe for several threads. */
public final class UdpSockets {
    private static final Path NET = Path.of("/proc/self/net");

    /** A port of 0 in a request filters nothing ({@code inet_diag_dump_icsk} and {@code udp_dump}: {@code r->id.idiag_sport}). */
    private static final int ANY = 0;

    private UdpSockets() {}

    public sealed interface Answer {
        /** @param sockets the UDP sockets that were asked for, in this thread's network namespace */
        record Bound(List<UdpSocket> sockets) implements Answer {
            public Bound {
                sockets = List.copyOf(sockets);
            }
        }

        /** @param why with the errno's name where there is one */
        record Unreadable(String why) implements Answer {}
    }

    /** @param port 1 to 65535 */
    public static Answer on(int port) {
        return read(port);
    }

    /** On every port. */
    public static Answer all() {
        return read(ANY);
    }

    private static Answer read(int port) {
        try (var netlink = new DiagSocket()) {
            var found = new ArrayList<TcpSocket>();
            for (Family family : Family.values()) {
                int sequence = family == Family.IPV4 ? 1 : 2;
                ReplyStatus outcome = netlink.exchange(DiagRequest.datagrams(family, port, sequence), sequence, found);
                boolean none = outcome instanceof ReplyStatus.Refused(int errno)
                        && errno == Errno.ENOENT.number()
                        && family == Family.IPV6;
                if (!(outcome instanceof ReplyStatus.Done) && !none) {
                    return fromProc(NET, port);
                }
            }
            return bound(found, port);
        } catch (PosixException e) {
            return fromProc(NET, port);
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return fromProc(NET, port);
        }
    }

    /** @param net the folder with {@code udp} and {@code udp6}: {@code /proc/net}, or that of a process */
    static Answer fromProc(Path net, int port) {
        try {
            return bound(ProcUdp.read(net), port);
        } catch (IOException | IllegalArgumentException e) {
            return new Answer.Unreadable(e.toString());
        }
    }

    /** Both sources show a UDP socket in the form of a TCP one: CLOSED is one without a peer, ESTABLISHED one with. */
    private static Answer bound(List<TcpSocket> sockets, int port) {
        return new Answer.Bound(sockets.stream()
                .filter(socket -> port == ANY || socket.local().port() == port)
                .map(socket -> new UdpSocket(
                        socket.family(),
                        socket.local(),
                        socket.remote().port() == 0 ? Optional.empty() : Optional.of(socket.remote()),
                        socket.uid(),
                        socket.inode()))
                .toList());
    }
}
