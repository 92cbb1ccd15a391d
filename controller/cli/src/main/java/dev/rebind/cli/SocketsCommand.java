package dev.rebind.cli;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.UdpSocket;
import dev.rebind.sockets.diag.UdpSockets;
import dev.rebind.sockets.release.Release;
import dev.rebind.sockets.release.ReleasePredictor;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rebind sockets [PORT]}: the article's netstat listing, with the timers and with when each socket goes away. */
@Command(
        name = "sockets",
        description =
                "Lists the TCP sockets of a port, both ends, with their timers and when each goes away; and who has its UDP port.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:The sockets were listed.", "3:They could not be read; the reason was said on standard error."
        })
final class SocketsCommand implements Callable<Integer> {
    private static final String FORMAT = "%-5s %6s %6s %-29s %-29s %-12s %-22s %-11s %s%n";

    @Parameters(paramLabel = "PORT", arity = "0..1", description = "A port, 1 to 65535; without it, every socket.")
    @Nullable
    Integer port;

    @Option(names = "--watch", description = "Lists them again every second until Ctrl-C.")
    boolean watch;

    @Option(
            names = "--states",
            split = ",",
            paramLabel = "STATE",
            description = "Only these: ${COMPLETION-CANDIDATES}.")
    Set<TcpState> states = EnumSet.allOf(TcpState.class);

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        var line = java.util.Objects.requireNonNull(spec).commandLine();
        if (port != null && (port < 1 || port > 65_535)) {
            line.getErr().println("rebind: port " + port + " is not in 1 to 65535");
            return ExitCode.USAGE;
        }
        var reader = SocketReaders.best();
        var predictor = new ReleasePredictor();
        SocketQuery query = (port == null ? SocketQuery.all() : SocketQuery.around(port)).in(states);
        while (true) {
            switch (reader.read(query)) {
                case Reading.Snapshot snapshot -> print(snapshot, predictor, line.getOut());
                case Reading.Unreadable unreadable -> {
                    line.getErr()
                            .println("rebind: the sockets could not be read: " + unreadable.what() + ", "
                                    + unreadable.why());
                    return ExitCode.INCONCLUSIVE;
                }
            }
            if (!watch) {
                return ExitCode.PASS;
            }
            Thread.sleep(Duration.ofSeconds(1));
            line.getOut().println();
        }
    }

    private void print(Reading.Snapshot snapshot, ReleasePredictor predictor, PrintWriter out) {
        List<UdpSocket> datagrams =
                port != null && UdpSockets.on(port) instanceof UdpSockets.Answer.Bound udp ? udp.sockets() : List.of();
        Set<Long> inodes = snapshot.sockets().stream().map(TcpSocket::inode).collect(Collectors.toSet());
        datagrams.forEach(socket -> inodes.add(socket.inode()));
        Map<Long, String> owners = SocketHolders.of(inodes);
        out.printf(
                FORMAT,
                "Proto",
                "Recv-Q",
                "Send-Q",
                "Local Address",
                "Foreign Address",
                "State",
                "Timer",
                "Free in",
                "PID/Program name");
        snapshot.sockets().stream()
                .sorted(Comparator.comparing(TcpSocket::state)
                        .thenComparing(socket -> socket.local().toString())
                        .thenComparing(socket -> socket.remote().toString()))
                .forEach(socket -> {
                    out.printf(
                            FORMAT,
                            socket.family() == dev.rebind.sockets.Family.IPV4 ? "tcp" : "tcp6",
                            socket.recvQ(),
                            socket.sendQ(),
                            socket.local(),
                            socket.peer().map(Endpoint::toString).orElse("*"),
                            socket.stateName(),
                            timer(socket.timer()),
                            free(predictor.of(socket, snapshot), snapshot.takenNanos()),
                            owners.getOrDefault(socket.inode(), "-"));
                });
        // They keep no TCP server from binding; an empty list would not tell that the number is in use.
        datagrams.forEach(socket -> out.printf(
                FORMAT, "udp", "-", "-", socket.local(), "*", "-", "-", "-", owners.getOrDefault(socket.inode(), "-")));
        out.flush();
    }

    private static String timer(SocketTimer timer) {
        return timer.kind() == SocketTimer.Kind.NONE
                ? "-"
                : timer.kind().name().toLowerCase(Locale.ROOT) + " "
                        + seconds(timer.remaining().toNanos());
    }

    private static String free(Release release, long now) {
        return switch (release) {
            case Release.Free _ -> "now";
            case Release.Held _ -> "held";
            case Release.Unbounded _ -> "unknown";
            case Release.Window window ->
                window.predictedNanos().isPresent()
                        ? seconds(window.predictedNanos().getAsLong() - now)
                        : seconds(window.earliestNanos() - now) + "-" + seconds(window.latestNanos() - now);
        };
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1fs", Math.max(0, nanos) / 1e9);
    }
}
