package dev.rebind.sockets.options;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.Libc;
import dev.rebind.sockets.posix.PosixException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The calls of getsockopt(2) that fill {@link SocketOptions}: {@code include/uapi/asm-generic/socket.h}, {@code linux/tcp.h}. */
final class SocketQuestions {
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_KEEPALIVE = 9;
    private static final int SO_LINGER = 13;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_BINDTODEVICE = 25;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_PROTOCOL = 38;
    private static final int SO_MEMINFO = 55;
    /** SK_MEMINFO_DROPS of {@code include/uapi/linux/sock_diag.h}, of nine numbers of 32 bits. */
    private static final int DROPS = 8;

    private static final int SO_DOMAIN = 39;
    /** A socket of IPv6 has these of IPv4, too, and they are the same bits (inet_flags). */
    private static final int IPPROTO_IP = 0;

    private static final int IP_FREEBIND = 15;
    private static final int IP_TRANSPARENT = 19;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int TCP_INFO = 11;
    private static final int TCP_USER_TIMEOUT = 18;
    private static final int AF_INET6 = 10;
    private static final int ENODEV = 19;

    private final Arena arena;
    private final int socket;

    private SocketQuestions(Arena arena, int socket) {
        this.arena = arena;
        this.socket = socket;
    }

    /** @throws PosixException where an option that every socket has is refused: ENOTSOCK for what is no socket */
    static SocketOptions ask(Arena arena, int socket) throws PosixException {
        var questions = new SocketQuestions(arena, socket);
        boolean listens = questions.flag("SO_ACCEPTCONN", SO_ACCEPTCONN);
        MemorySegment info = listens ? questions.tcpInfo() : null;
        return new SocketOptions(
                questions.number("SO_PROTOCOL", SOL_SOCKET, SO_PROTOCOL),
                questions.flag("SO_REUSEADDR", SO_REUSEADDR),
                questions.flag("SO_REUSEPORT", SO_REUSEPORT),
                questions.v6only(),
                questions.device(),
                questions.nonlocal(),
                listens,
                questions.flag("SO_KEEPALIVE", SO_KEEPALIVE),
                questions.tcp("TCP_KEEPIDLE", TCP_KEEPIDLE),
                questions.tcp("TCP_KEEPINTVL", TCP_KEEPINTVL),
                questions.tcp("TCP_KEEPCNT", TCP_KEEPCNT),
                questions.tcp("TCP_USER_TIMEOUT", TCP_USER_TIMEOUT),
                questions.linger(),
                info == null ? OptionalInt.empty() : OptionalInt.of(info.get(JAVA_INT, 28)),
                info == null ? OptionalInt.empty() : OptionalInt.of(info.get(JAVA_INT, 24)),
                listens ? questions.dropped() : OptionalLong.empty());
    }

    private boolean flag(String name, int option) throws PosixException {
        return number(name, SOL_SOCKET, option) != 0;
    }

    private int number(String name, int level, int option) throws PosixException {
        MemorySegment value = arena.allocateFrom(JAVA_INT, 0);
        get(name, level, option, value);
        return value.get(JAVA_INT, 0);
    }

    private @Nullable Boolean v6only() throws PosixException {
        return number("SO_DOMAIN", SOL_SOCKET, SO_DOMAIN) == AF_INET6
                ? number("IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY) != 0
                : null;
    }

    private @Nullable String device() throws PosixException {
        // IFNAMSIZ of include/uapi/linux/if.h, with the 0 at the end.
        MemorySegment name = arena.allocate(16);
        try {
            int length = get("SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, name);
            return length == 0 ? null : name.getString(0);
        } catch (PosixException e) {
            // A device that is gone has no name any more (sock_getbindtodevice).
            if (e.number() == ENODEV) {
                return null;
            }
            throw e;
        }
    }

    private @Nullable Boolean nonlocal() throws PosixException {
        try {
            return number("IP_FREEBIND", IPPROTO_IP, IP_FREEBIND) != 0
                    || number("IP_TRANSPARENT", IPPROTO_IP, IP_TRANSPARENT) != 0;
        } catch (PosixException e) {
            if (notOfThisProtocol(e)) {
                return null;
            }
            throw e;
        }
    }

    private @Nullable Integer linger() throws PosixException {
        // struct linger { int l_onoff; int l_linger; }
        MemorySegment linger = arena.allocate(8, 4);
        get("SO_LINGER", SOL_SOCKET, SO_LINGER, linger);
        return linger.get(JAVA_INT, 0) == 0 ? null : linger.get(JAVA_INT, 4);
    }

    /** Empty for a socket of another protocol; MPTCP lets through the options of TCP that this kernel has taught it. */
    private OptionalInt tcp(String name, int option) throws PosixException {
        try {
            return OptionalInt.of(number(name, IPPROTO_TCP, option));
        } catch (PosixException e) {
            if (notOfThisProtocol(e)) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    /**
     * The first 104 bytes of {@code struct tcp_info}; a listener has its accept queue at byte 24 (tcpi_unacked) and the
     * queue's bound at 28 (tcpi_sacked), see tcp_get_info in {@code net/ipv4/tcp.c}. Null where there is none.
     */
    private @Nullable MemorySegment tcpInfo() throws PosixException {
        MemorySegment info = arena.allocate(104, 8);
        try {
            return get("TCP_INFO", IPPROTO_TCP, TCP_INFO, info) >= 32 ? info : null;
        } catch (PosixException e) {
            if (notOfThisProtocol(e)) {
                return null;
            }
            throw e;
        }
    }

    /** Linux 4.12 or later. */
    private OptionalLong dropped() throws PosixException {
        MemorySegment numbers = arena.allocate(4 * (DROPS + 1), 4);
        try {
            return get("SO_MEMINFO", SOL_SOCKET, SO_MEMINFO, numbers) > 4 * DROPS
                    ? OptionalLong.of(Integer.toUnsignedLong(numbers.get(JAVA_INT, 4 * DROPS)))
                    : OptionalLong.empty();
        } catch (PosixException e) {
            if (notOfThisProtocol(e)) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    private static boolean notOfThisProtocol(PosixException e) {
        return e.is(Errno.ENOPROTOOPT) || e.is(Errno.EOPNOTSUPP);
    }

    /** @return how many bytes the kernel has written */
    private int get(String name, int level, int option, MemorySegment into) throws PosixException {
        MemorySegment length = arena.allocateFrom(JAVA_INT, (int) into.byteSize());
        long done = Libc.call(
                arena, state -> (int) Libc.GETSOCKOPT.invokeExact(state, socket, level, option, into, length));
        if (done < 0) {
            throw new PosixException("getsockopt " + name, (int) -done);
        }
        return length.get(JAVA_INT, 0);
    }
}
