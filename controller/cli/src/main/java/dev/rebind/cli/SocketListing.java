package dev.rebind.cli;

import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.diagnosis.json.JsonWriter;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.UdpSocket;
import dev.rebind.sockets.release.Release;
import dev.rebind.sockets.release.ReleasePredictor;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sockets as a table in the form of netstat, and as JSON. */
final class SocketListing {
    private static final Comparator<TcpSocket> ORDER = Comparator.comparing(TcpSocket::state)
            .thenComparing(socket -> socket.local().toString())
            .thenComparing(socket -> socket.remote().toString());

    private final Reading.Snapshot seen;
    private final List<TcpSocket> sockets;
    private final List<UdpSocket> datagrams;
    private final ReleasePredictor predictor;
    private final SocketHolders holders;

    /**
     * Looks for the holders of the sockets, too.
     *
     * @param seen what the predictor is told
     * @param sockets those of them that are listed
     * @param datagrams the UDP sockets that are listed after them
     */
    SocketListing(
            Reading.Snapshot seen, List<TcpSocket> sockets, List<UdpSocket> datagrams, ReleasePredictor predictor) {
        this.seen = seen;
        this.sockets = sockets.stream().sorted(ORDER).toList();
        this.datagrams = List.copyOf(datagrams);
        this.predictor = predictor;
        this.holders = SocketHolders.of(Stream.concat(
                        sockets.stream().map(TcpSocket::inode),
                        datagrams.stream().map(UdpSocket::inode))
                .collect(Collectors.toSet()));
    }

    /** A head, then one line a socket; each line ends with a line break. */
    String table() {
        var text = new StringBuilder(line(
                "Proto",
                "Recv-Q",
                "Send-Q",
                "Local Address",
                "Foreign Address",
                "State",
                "Timer",
                "Free in",
                "PID/Program name"));
        sockets.forEach(socket -> text.append(line(
                socket.family() == Family.IPV4 ? "tcp" : "tcp6",
                socket.recvQ(),
                socket.sendQ(),
                socket.local(),
                socket.peer().map(Endpoint::toString).orElse("*"),
                socket.stateName(),
                timer(socket.timer()),
                free(predictor.of(socket, seen)),
                holders.text(socket.inode()))));
        // They keep no TCP server from binding; an empty list would not tell that the number is in use.
        datagrams.forEach(socket -> text.append(line(
                "udp",
                "-",
                "-",
                socket.local(),
                socket.peer().map(Endpoint::toString).orElse("*"),
                "-",
                "-",
                "-",
                holders.text(socket.inode()))));
        return text.toString();
    }

    private static String line(Object... columns) {
        return String.format(Locale.ROOT, "%-5s %6s %6s %-29s %-29s %-12s %-22s %-11s %s%n", columns);
    }

    private static String timer(SocketTimer timer) {
        return timer.kind() == SocketTimer.Kind.NONE
                ? "-"
                : DiagnosisJson.name(timer.kind()) + " " + seconds(timer.remaining());
    }

    private String free(Release release) {
        return switch (release) {
            case Release.Free _ -> "now";
            case Release.Held _ -> "held";
            case Release.Unbounded _ -> "unknown";
            case Release.Window window ->
                window.predictedNanos().isPresent()
                        ? seconds(after(window.predictedNanos().getAsLong()))
                        : seconds(after(window.earliestNanos())) + "-" + seconds(after(window.latestNanos()));
        };
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1fs", number(duration));
    }

    /** One object in one line. docs/reference/sockets.schema.json has its schema. */
    String json() {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("at", seen.takenAt().toString());
        map.put("source", seen.source());
        map.put("tcp", sockets.stream().map(this::object).toList());
        map.put("udp", datagrams.stream().map(this::object).toList());
        return JsonWriter.write(map);
    }

    private Map<String, @Nullable Object> object(TcpSocket socket) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("family", DiagnosisJson.name(socket.family()));
        map.put("state", socket.stateName());
        map.put("local", socket.local().toString());
        map.put("remote", socket.peer().map(Endpoint::toString).orElse(null));
        map.put("recv_q", socket.recvQ());
        map.put("send_q", socket.sendQ());
        map.put("timer", timerObject(socket.timer()));
        map.put("free", freeObject(predictor.of(socket, seen)));
        map.put("v6_only", socket.v6Only());
        map.put("uid", socket.inode() == 0 ? null : socket.uid());
        map.put("inode", socket.inode());
        map.put("processes", processes(socket.inode()));
        return map;
    }

    private Map<String, @Nullable Object> object(UdpSocket socket) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("family", DiagnosisJson.name(socket.family()));
        map.put("local", socket.local().toString());
        map.put("remote", socket.peer().map(Endpoint::toString).orElse(null));
        map.put("uid", socket.uid());
        map.put("inode", socket.inode());
        map.put("processes", processes(socket.inode()));
        return map;
    }

    private List<Map<String, @Nullable Object>> processes(long inode) {
        return holders.of(inode).stream()
                .map(process -> {
                    var map = new LinkedHashMap<String, @Nullable Object>();
                    map.put("pid", process.pid());
                    map.put("name", process.name().orElse(null));
                    return (Map<String, @Nullable Object>) map;
                })
                .toList();
    }

    private static @Nullable Map<String, @Nullable Object> timerObject(SocketTimer timer) {
        if (timer.kind() == SocketTimer.Kind.NONE) {
            return null;
        }
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("kind", DiagnosisJson.name(timer.kind()));
        map.put("remaining", number(timer.remaining()));
        map.put("retransmits", timer.retransmits());
        return map;
    }

    private Map<String, @Nullable Object> freeObject(Release release) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        switch (release) {
            case Release.Free _ -> map.put("kind", "now");
            case Release.Held held -> {
                map.put("kind", "held");
                map.put("why", held.why());
            }
            case Release.Unbounded unbounded -> {
                map.put("kind", "unknown");
                map.put("why", unbounded.why());
            }
            case Release.Window window -> {
                map.put("kind", "by_itself");
                map.put("earliest", number(after(window.earliestNanos())));
                map.put("latest", number(after(window.latestNanos())));
                map.put(
                        "predicted",
                        window.predictedNanos().isPresent()
                                ? number(after(window.predictedNanos().getAsLong()))
                                : null);
                map.put("caveat", window.caveat().isEmpty() ? null : window.caveat());
            }
        }
        return map;
    }

    /** From the look to then, and never less than nothing. */
    private Duration after(long nanos) {
        return Duration.ofNanos(Math.max(0, nanos - seen.takenNanos()));
    }

    private static Double number(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
