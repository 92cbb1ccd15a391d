package dev.rebind.cli;

import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.diagnosis.json.JsonWriter;
import dev.rebind.diagnosis.look.EndingLook;
import dev.rebind.diagnosis.text.Clauses;
import dev.rebind.diagnosis.text.table.Sheet;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.ForeignText;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.UdpSocket;
import dev.rebind.sockets.posix.Devices;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists sockets as a table in the form of netstat, and as JSON. */
final class SocketListing {
    private static final Comparator<TcpSocket> ORDER = Comparator.comparing(TcpSocket::state)
            .thenComparing(socket -> socket.local().toString())
            .thenComparing(socket -> socket.remote().toString());

    private static final List<Sheet.Column> COLUMNS = List.of(
            Sheet.Column.titled("Proto", 5),
            Sheet.Column.number("Recv-Q", 6),
            Sheet.Column.number("Send-Q", 6),
            Sheet.Column.titled("Local Address", 29),
            Sheet.Column.of("Foreign Address", 29),
            Sheet.Column.of("Device", 8),
            Sheet.Column.of("State", 12),
            Sheet.Column.of("Timer", 22),
            Sheet.Column.of("Free in", 11),
            Sheet.Column.of("PID/Program name", 0));
    private static final int DEVICE = 5;

    private final Reading.Snapshot seen;
    private final List<TcpSocket> sockets;
    private final List<UdpSocket> datagrams;
    private final EndingLook.Seen found;
    private final SocketHolders holders;
    private final Clauses words = new Clauses(ZoneOffset.UTC);
    /** Whether a socket is bound to a network device. Otherwise the table has no column for it, because it would be empty. */
    private final boolean devices;

    /**
     * @param seen the look at the kernel's sockets
     * @param sockets the TCP sockets of this look to list
     * @param datagrams the UDP sockets to list after them
     * @param found who has the sockets, and when they end
     */
    SocketListing(Reading.Snapshot seen, List<TcpSocket> sockets, List<UdpSocket> datagrams, EndingLook.Seen found) {
        this.seen = seen;
        this.sockets = sockets.stream().sorted(ORDER).toList();
        this.datagrams = List.copyOf(datagrams);
        this.found = found;
        this.holders = new SocketHolders(found.holdings());
        this.devices = sockets.stream().anyMatch(socket -> socket.device() != 0);
    }

    /**
     * A heading, then a line for each socket, or a block for each socket where a line would be too long.
     *
     * @param width longest line in characters, or {@link Sheet#ENDLESS}
     */
    List<String> table(int width) {
        var entries = new ArrayList<Sheet.Entry>();
        sockets.forEach(socket -> entries.add(entry(
                socket.family() == Family.IPV4 ? "tcp" : "tcp6",
                Long.toString(socket.recvQ()),
                Long.toString(socket.sendQ()),
                socket.local(),
                socket.peer(),
                device(socket),
                socket.stateName(),
                timer(socket.timer()),
                free(found.endings().of(socket)),
                holders.text(socket.inode()))));
        // UDP sockets do not keep a TCP server from binding. They are listed, because an empty list would hide that the
        // port number is in
        // use.
        datagrams.forEach(socket -> entries.add(entry(
                "udp", "-", "-", socket.local(), socket.peer(), "-", "-", "-", "-", holders.text(socket.inode()))));
        return new Sheet(1, 0, devices ? COLUMNS : without(COLUMNS), entries).lines(width);
    }

    private Sheet.Entry entry(
            String protocol,
            String receive,
            String send,
            Endpoint local,
            Optional<Endpoint> remote,
            String device,
            String state,
            String timer,
            String free,
            String process) {
        List<String> cells = List.of(
                protocol,
                receive,
                send,
                local.toString(),
                remote.map(Endpoint::toString).orElse("*"),
                device,
                state,
                timer,
                free,
                process);
        return new Sheet.Entry(protocol + " " + local, devices ? cells : without(cells), List.of());
    }

    /** Returns a copy without the element of the device column. */
    private static <T> List<T> without(List<T> ofColumns) {
        return Stream.concat(
                        ofColumns.subList(0, DEVICE).stream(), ofColumns.subList(DEVICE + 1, ofColumns.size()).stream())
                .toList();
    }

    /** The name of the device, or its index where it no longer has a name. */
    private static String device(TcpSocket socket) {
        return socket.device() == 0
                ? "-"
                : Devices.name(socket.device()).map(ForeignText::plain).orElse(Integer.toString(socket.device()));
    }

    private static String timer(SocketTimer timer) {
        return timer.kind() == SocketTimer.Kind.NONE
                ? "-"
                : DiagnosisJson.name(timer.kind()) + " " + seconds(timer.remaining());
    }

    /**
     * When a socket ends: {@code held} where only a process or the other end can end it; {@code ~} before a time that holds only if the
     * other end stays silent.
     */
    private static String free(Ending ending) {
        return switch (ending) {
            case Ending.Free _ -> "now";
            case Ending.Timer timer ->
                timer.point()
                        .map(SocketListing::seconds)
                        .orElseGet(() -> seconds(timer.earliest()) + "-" + seconds(timer.latest()));
            case Ending.GivesUp ends -> ends.sure() ? "~" + seconds(ends.about()) : "held";
            case Ending.UntilClosed _ -> "held";
            case Ending.NotTold _ -> "unknown";
        };
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1fs", number(duration));
    }

    /** Returns one JSON object in one line. Its schema is docs/reference/sockets.schema.json. */
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
        map.put("device", deviceObject(socket));
        map.put("recv_q", socket.recvQ());
        map.put("send_q", socket.sendQ());
        map.put("timer", timerObject(socket.timer()));
        map.put("free", freeObject(socket));
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

    private static @Nullable Map<String, @Nullable Object> deviceObject(TcpSocket socket) {
        if (socket.device() == 0) {
            return null;
        }
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("index", socket.device());
        map.put("name", Devices.name(socket.device()).orElse(null));
        return map;
    }

    private Map<String, @Nullable Object> freeObject(TcpSocket socket) {
        Ending ending = found.endings().of(socket);
        var map = new LinkedHashMap<String, @Nullable Object>();
        switch (ending) {
            case Ending.Free _ -> map.put("kind", "now");
            case Ending.Timer timer -> {
                map.put("kind", "by_itself");
                map.put("earliest", number(timer.earliest()));
                map.put("latest", number(timer.latest()));
                map.put("predicted", timer.point().map(SocketListing::number).orElse(null));
            }
            case Ending.GivesUp ends -> {
                map.put("kind", ends.sure() ? "gives_up" : "held");
                map.put("means", DiagnosisJson.name(ends.means()));
                map.put("next_try", number(ends.next()));
                map.put("about", number(ends.about()));
                map.put("latest", number(ends.latest()));
                map.put("tries", ends.tried());
            }
            case Ending.UntilClosed _ -> map.put("kind", "held");
            case Ending.NotTold _ -> map.put("kind", "unknown");
        }
        map.put("why", words.ending(seen.takenAt(), ending));
        return map;
    }

    private static Double number(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
