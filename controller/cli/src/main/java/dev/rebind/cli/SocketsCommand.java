package dev.rebind.cli;

import dev.rebind.diagnosis.look.EndingLook;
import dev.rebind.diagnosis.look.NetNamespaces;
import dev.rebind.report.terminal.Terminal;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.UdpSocket;
import dev.rebind.sockets.diag.UdpSockets;
import dev.rebind.sockets.release.ReleasePredictor;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rebind sockets [PORT…]}: lists sockets like netstat, with their timers and the time when each disappears. */
@Command(
        name = "sockets",
        description =
                "Lists the TCP sockets of ports, both ends, with their timers and when each goes away; and who has"
                        + " their UDP ports.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:The sockets were listed.",
            "2:Bad usage.",
            "3:They could not be read; the reason was said on standard error."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  rebind sockets 8080",
            "  rebind sockets --states TIME_WAIT,FIN_WAIT_2 8000-8010 9090",
            "  rebind sockets --json 8080"
        })
final class SocketsCommand implements Callable<Integer> {
    @Mixin
    PortRanges ports = new PortRanges();

    @Option(names = "--watch", description = "Lists them again every second until Ctrl-C.")
    boolean watch;

    @Option(
            names = "--states",
            split = ",",
            paramLabel = "STATE",
            description = "Only TCP sockets in these states: ${COMPLETION-CANDIDATES}. Without it, in all.")
    Set<TcpState> states = EnumSet.allOf(TcpState.class);

    @Option(
            names = "--json",
            description = "Writes JSON, one object a line; docs/reference/sockets.schema.json has its schema.")
    boolean json;

    @Mixin
    NamespaceOptions namespace = new NamespaceOptions();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var line = Objects.requireNonNull(spec).commandLine();
        if (!namespace.wrong().isEmpty()) {
            line.getErr().println("rebind: " + namespace.wrong());
            return ExitCode.USAGE;
        }
        return switch (namespace.call(this::list)) {
            case NetNamespaces.Answer.Done<Integer>(Integer exit) -> exit;
            case NetNamespaces.Answer.Failed<Integer>(String why) -> failed(why);
        };
    }

    private int list() throws InterruptedException {
        var out = Objects.requireNonNull(spec).commandLine().getOut();
        SocketReader reader = SocketReaders.bestWithInfo();
        var look = new EndingLook(new ReleasePredictor());
        SocketQuery query = query();
        SocketQuery inStates = SocketQuery.all().in(states);
        while (true) {
            switch (reader.read(query)) {
                case Reading.Unreadable unreadable -> {
                    return failed("the sockets could not be read: " + unreadable.what() + ", " + unreadable.why());
                }
                case Reading.Snapshot seen -> {
                    List<TcpSocket> wanted = seen.sockets().stream()
                            .filter(socket -> inStates.matches(socket) && isOnPort(socket))
                            .toList();
                    List<UdpSocket> datagrams = datagrams();
                    var listing = new SocketListing(seen, wanted, datagrams, look.at(seen, wanted, inodes(datagrams)));
                    (json
                                    ? List.of(listing.json())
                                    : listing.table(Terminal.detect().lineWidth()))
                            .forEach(out::println);
                    out.flush();
                }
            }
            if (!watch) {
                return ExitCode.PASS;
            }
            Thread.sleep(Duration.ofSeconds(1));
            if (!json) {
                out.println();
            }
        }
    }

    /**
     * The kernel can select the sockets of one port, but not of several. The query takes sockets in every state, because the end of a
     * connection may depend on the state of its other end.
     */
    private SocketQuery query() {
        OptionalInt one = ports.single();
        return one.isPresent() ? SocketQuery.around(one.getAsInt()) : SocketQuery.all();
    }

    private boolean isOnPort(TcpSocket socket) {
        return ports.none()
                || ports.has(socket.local().port())
                || ports.has(socket.remote().port());
    }

    private static Set<Long> inodes(List<UdpSocket> datagrams) {
        return datagrams.stream().map(UdpSocket::inode).collect(Collectors.toSet());
    }

    /** The UDP sockets to list; none where no port is named, because then they say nothing about a TCP port. */
    private List<UdpSocket> datagrams() {
        if (ports.none()) {
            return List.of();
        }
        OptionalInt one = ports.single();
        return (one.isPresent() ? UdpSockets.on(one.getAsInt()) : UdpSockets.all())
                        instanceof UdpSockets.Answer.Bound udp
                ? udp.sockets().stream()
                        .filter(socket -> ports.has(socket.local().port()))
                        .toList()
                : List.of();
    }

    private int failed(String why) {
        Objects.requireNonNull(spec).commandLine().getErr().println("rebind: " + why);
        return ExitCode.INCONCLUSIVE;
    }
}
