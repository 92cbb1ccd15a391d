package dev.rebind.sockets.proc;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.time.Duration;

/**
 * A line of {@code /proc/net/tcp} or {@code tcp6} ({@code net/ipv4/tcp_ipv4.c}, get_tcp4_sock and get_timewait4_sock):
 *
 * <pre>
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm-&gt;when retrnsmt   uid  timeout inode
 *    0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 ...
 * </pre>
 *
 * Addresses are hexadecimal words of 32 bits in the machine's byte order; ports are plain numbers; the timer's time is in
 * USER_HZ, which is 100 on every Linux that Java runs on.
 */
final class ProcTableParser {
    private static final SocketTimer.Kind[] TIMERS = SocketTimer.Kind.values();

    private final Family family;
    private final ByteOrder order;

    ProcTableParser(Family family, ByteOrder order) {
        this.family = family;
        this.order = order;
    }

    /** @throws IllegalArgumentException for a line that is not of this form, with the line */
    TcpSocket parse(String line) {
        String[] fields = line.strip().split("\\s+", 12);
        if (fields.length < 10) {
            throw new IllegalArgumentException("a line with " + fields.length + " fields: " + line);
        }
        try {
            int colonQueues = colon(fields[4]);
            int colonTimer = colon(fields[5]);
            int timer = Integer.parseInt(fields[5], 0, colonTimer, 16);
            if (timer >= TIMERS.length) {
                throw new IllegalArgumentException("the timer " + timer);
            }
            return new TcpSocket(
                    family,
                    TcpState.of(Integer.parseInt(fields[3], 16)),
                    endpoint(fields[1]),
                    endpoint(fields[2]),
                    Long.parseLong(fields[4], colonQueues + 1, fields[4].length(), 16),
                    Long.parseLong(fields[4], 0, colonQueues, 16),
                    timer == 0
                            ? SocketTimer.NONE
                            : new SocketTimer(TIMERS[timer], remaining(fields[5], colonTimer), (int)
                                    Long.parseLong(fields[6], 16)),
                    Long.parseLong(fields[7]),
                    Long.parseLong(fields[9]),
                    null,
                    0,
                    0,
                    null,
                    null,
                    null);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("not a socket (" + e.getMessage() + "): " + line, e);
        }
    }

    /** A time that has passed is shown as a negative number in 32 bits. */
    private static Duration remaining(String field, int colon) {
        long ticks = (int) Long.parseLong(field, colon + 1, field.length(), 16);
        return Duration.ofMillis(Math.max(0, ticks) * 10);
    }

    private static int colon(String field) {
        int colon = field.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("no colon in " + field);
        }
        return colon;
    }

    private Endpoint endpoint(String field) {
        int colon = colon(field);
        int length = family == Family.IPV4 ? 4 : 16;
        if (colon != 2 * length) {
            throw new IllegalArgumentException("an address of " + colon + " digits");
        }
        byte[] address = new byte[length];
        for (int word = 0; word < length; word += 4) {
            int bits = Integer.parseUnsignedInt(field, 2 * word, 2 * word + 8, 16);
            for (int i = 0; i < 4; i++) {
                int shift = order == ByteOrder.LITTLE_ENDIAN ? 8 * i : 24 - 8 * i;
                address[word + i] = (byte) (bits >> shift);
            }
        }
        try {
            return new Endpoint(
                    InetAddress.getByAddress(address), Integer.parseInt(field, colon + 1, field.length(), 16));
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes", e);
        }
    }
}
