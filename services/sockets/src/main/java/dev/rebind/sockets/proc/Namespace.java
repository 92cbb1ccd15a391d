package dev.rebind.sockets.proc;

import dev.rebind.sockets.Family;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/** The settings of a network namespace that matter to a port, from {@code /proc/sys/net/ipv4}, and {@code ipv6} beside it; absent where
 * they cannot be read. */
public final class Namespace {
    /** How long a kernel without a setting for it keeps a TIME_WAIT: TCP_TIMEWAIT_LEN, {@code include/net/tcp.h}. */
    public static final int TIME_WAIT_SECONDS = 60;

    /** The kernel prints a list of ports a page at a time; one longer than this is cut, and nobody has one. */
    private static final int LONGEST = 64 * 1024;

    private final Path settings;

    public Namespace() {
        this(Path.of("/proc/sys/net/ipv4"));
    }

    public Namespace(Path settings) {
        this.settings = settings;
    }

    /** Both ends included. */
    public record Ports(int first, int last) {
        public boolean contains(int port) {
            return port >= first && port <= last;
        }
    }

    /** net.ipv4.ip_local_port_range: where outgoing connections get their ports from. */
    public Optional<Ports> localPorts() {
        return text("ip_local_port_range").flatMap(text -> {
            String[] ends = text.split("\\s+", 2);
            try {
                return Optional.of(new Ports(Integer.parseInt(ends[0]), Integer.parseInt(ends[1])));
            } catch (RuntimeException e) {
                return Optional.empty();
            }
        });
    }

    /** Whether net.ipv4.ip_local_reserved_ports keeps the port from being given to outgoing connections. */
    public boolean reserved(int port) {
        return reserved().test(port);
    }

    /** {@link #reserved(int)} for many ports, by one look. */
    public IntPredicate reserved() {
        String ranges = text("ip_local_reserved_ports").orElse("");
        try {
            List<Ports> reserved = ranges.isEmpty()
                    ? List.of()
                    : Arrays.stream(ranges.split(",", -1)).map(Namespace::range).toList();
            return port -> reserved.stream().anyMatch(range -> range.contains(port));
        } catch (NumberFormatException e) {
            return _ -> false;
        }
    }

    private static Ports range(String text) {
        String[] ends = text.strip().split("-", 2);
        int first = Integer.parseInt(ends[0]);
        return new Ports(first, ends.length == 2 ? Integer.parseInt(ends[1]) : first);
    }

    /** Whether the kernel may give the port to an outgoing connection or to bind(0). */
    public boolean ephemeral(int port) {
        return ephemeral().test(port);
    }

    /** {@link #ephemeral(int)} for many ports, by one look. */
    public IntPredicate ephemeral() {
        Optional<Ports> given = localPorts();
        IntPredicate reserved = reserved();
        return port -> given.map(range -> range.contains(port)).orElse(false) && !reserved.test(port);
    }

    /** net.ipv4.tcp_fin_timeout, in seconds. */
    public OptionalInt finTimeoutSeconds() {
        return number("tcp_fin_timeout");
    }

    /**
     * net.ipv4.tcp_tw_timeout, for how long the kernel keeps a TIME_WAIT, in seconds: 1 to 600. Vendors' kernels have it (Alibaba
     * Cloud Linux); elsewhere it is empty, and the time is {@link #TIME_WAIT_SECONDS}.
     */
    public OptionalInt timeWaitSeconds() {
        OptionalInt seconds = number("tcp_tw_timeout");
        return seconds.isPresent() && seconds.getAsInt() > 0 ? seconds : OptionalInt.empty();
    }

    /**
     * How long this kernel keeps a TIME_WAIT, in seconds, whatever the network namespace. Empty where each namespace has a
     * setting of its own: tcp_tw_timeout, or tcp_tw_recycle before Linux 4.12, which ends a TIME_WAIT early. Empty also where
     * the settings are hidden.
     */
    public OptionalInt timeWaitEverywhere() {
        boolean shown = finTimeoutSeconds().isPresent();
        boolean own =
                text("tcp_tw_timeout").isPresent() || text("tcp_tw_recycle").isPresent();
        return shown && !own ? OptionalInt.of(TIME_WAIT_SECONDS) : OptionalInt.empty();
    }

    /** How long the kernel keeps a TIME_WAIT in this namespace. */
    public Duration timeWait() {
        return Duration.ofSeconds(timeWaitSeconds().orElse(TIME_WAIT_SECONDS));
    }

    /** net.ipv4.tcp_max_tw_buckets: above so many sockets in TIME_WAIT the kernel makes no more. */
    public OptionalInt maxTimeWait() {
        return number("tcp_max_tw_buckets");
    }

    /** net.ipv4.ip_unprivileged_port_start: lower ports need CAP_NET_BIND_SERVICE. */
    public OptionalInt unprivilegedPortStart() {
        return number("ip_unprivileged_port_start");
    }

    /** net.ipv4.ip_nonlocal_bind, or net.ipv6.ip_nonlocal_bind: 1 where a server may bind an address that the machine does not have. */
    public OptionalInt nonlocalBind(Family family) {
        return switch (family) {
            case IPV4 -> number("ip_nonlocal_bind");
            case IPV6 -> number("../ipv6/ip_nonlocal_bind");
        };
    }

    /** net.ipv6.conf.DEVICE.disable_ipv6: 1 where IPv6 is off on the device. */
    public OptionalInt disableIPv6(String device) {
        return number("../ipv6/conf/" + device + "/disable_ipv6");
    }

    /**
     * The text of a setting, for example {@code tcp_tw_reuse}. The first read must take all of it: the kernel hands out the
     * numbers of a setting to one read only (proc_dointvec in kernel/sysctl.c), and Files.readString begins with
     * a read of one byte.
     */
    public Optional<String> text(String name) {
        try (FileChannel file = FileChannel.open(settings.resolve(name))) {
            ByteBuffer buffer = ByteBuffer.allocate(LONGEST);
            int got;
            do {
                got = file.read(buffer);
            } while (got > 0);
            return Optional.of(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A setting that is one number; empty where it is not there, or is none. */
    public OptionalInt number(String name) {
        try {
            return text(name).map(Integer::parseInt).map(OptionalInt::of).orElse(OptionalInt.empty());
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
