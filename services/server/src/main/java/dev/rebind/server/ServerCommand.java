package dev.rebind.server;

import dev.rebind.child.DurationText;
import dev.rebind.child.JsonLines;
import dev.rebind.child.Management;
import dev.rebind.child.ManagementFlags;
import dev.rebind.child.ParentLink;
import dev.rebind.child.PortText;
import dev.rebind.child.Scrape;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.metrics.BindMetrics;
import dev.rebind.metrics.PortMetrics;
import dev.rebind.server.listener.ServerSettings;
import dev.rebind.server.protocol.ServerEvent;
import dev.rebind.server.protocol.ServerEvent.BindReport;
import dev.rebind.server.protocol.ServerEvent.Bound;
import dev.rebind.server.protocol.ServerEvent.Stopped;
import dev.rebind.server.protocol.ServerEventLine;
import dev.rebind.server.protocol.ServerOrder;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The server as a command: events on standard output, orders and the parent's life on standard input. */
@Command(
        name = "server",
        description = "The server under test. Reports on standard output, in JSON lines, whether it could bind.",
        mixinStandardHelpOptions = true,
        defaultValueProvider = ServerEnvironment.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:Stopped as told, by order or signal.",
            "1:An error in the server itself.",
            "2:Bad flags or settings; nothing was bound.",
            "13:bind failed with EACCES: a privileged port, or forbidden by policy.",
            "69:Refused: this machine does not have what was asked for, such as a transport.",
            "71:bind or listen failed for another reason.",
            "83:The parent is gone (with --with-parent).",
            "98:bind or listen failed with EADDRINUSE.",
            "99:bind failed with EADDRNOTAVAIL: the address is not one of this machine."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  rebind server", "  rebind server --port 8081 --reuse-address=false --on-stop reset"})
public final class ServerCommand implements Callable<Integer> {
    @Mixin
    ListenerFlags listener = new ListenerFlags();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            converter = PortText.OrZero.class,
            description = "Port to bind; 0: the kernel picks one. Default: ${DEFAULT-VALUE}.")
    int port;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            defaultValue = "1024",
            description =
                    "Backlog of listen; the kernel cuts it down to net.core.somaxconn. Default: ${DEFAULT-VALUE}.")
    int backlog;

    @Option(
            names = "--reading",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "true",
            description = "Whether the server reads what clients send. If not, unread data at its end resets the"
                    + " connections. Default: ${DEFAULT-VALUE}.")
    boolean reading;

    @Option(
            names = "--on-stop",
            paramLabel = "WAY",
            defaultValue = "close",
            completionCandidates = Orders.class,
            description =
                    "What SIGTERM and SIGINT do to connections: close (FIN), reset (SO_LINGER 0) or keep (serve them"
                            + " until they end). Default: ${DEFAULT-VALUE}.")
    StopWay onStop = StopWay.close;

    @Option(
            names = "--grace-period",
            paramLabel = "DURATION",
            defaultValue = "10s",
            converter = DurationText.class,
            description = "With keep, how long after a signal connections may stay open. Default: ${DEFAULT-VALUE}.")
    Duration gracePeriod = Duration.ofSeconds(10);

    @Option(
            names = "--linger",
            paramLabel = "DURATION",
            defaultValue = "250ms",
            converter = DurationText.class,
            description =
                    "With close, how long clients may still send after the server's FIN: unread data would turn the"
                            + " close into a reset. Default: ${DEFAULT-VALUE}.")
    Duration linger = ServerSettings.DEFAULT_LINGER;

    @Option(
            names = "--generation",
            paramLabel = "N",
            defaultValue = "0",
            description = "Number of the generation, which the server's answers contain. Default: ${DEFAULT-VALUE}.")
    int generation;

    @Mixin
    ManagementFlags managed = new ManagementFlags();

    @Option(
            names = "--with-parent",
            description =
                    "Follow orders on standard input (stop close, stop reset, stop keep, report), one per line, and"
                            + " end at once when standard input ends.")
    boolean withParent;

    @Spec
    @Nullable
    CommandSpec spec;

    private final JsonLines out = JsonLines.toStandardOutput();
    private final ExecutorService orders =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    private final CountDownLatch bound = new CountDownLatch(1);
    private final AtomicBoolean unbound = new AtomicBoolean();
    private final CompletableFuture<Stopped> end = new CompletableFuture<>();
    private final CountDownLatch said = new CountDownLatch(1);

    /** The ways that a server can be told. */
    static final class Orders implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(StopWay.values())
                    .filter(StopWay::isOrder)
                    .map(StopWay::name)
                    .iterator();
        }
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        var server = new ServerInProcess(settings(), guardian());
        if (withParent) {
            // Before binding, so that not even a server whose parent dies meanwhile is left behind.
            ParentLink.follow(line -> obey(server, ServerOrder.parse(line)));
        }
        try (Management management = !managed.wanted()
                ? null
                : new Management(
                        resolve("--management-address", managed.address()),
                        managed.port(),
                        server::listening,
                        "listening")) {
            if (management != null && management.open() instanceof Management.Opening.Failed failed) {
                System.err.println(managed.notOpened(failed));
                return ServerExitCode.REFUSED;
            }
            BindReport report =
                    management == null ? server.start() : server.start(Scrape.measured(), management.scrape()::measure);
            say(report);
            if (management != null) {
                measure(report, management.scrape().registry());
            }
            if (!(report instanceof Bound)) {
                return ServerExitCode.of(report);
            }
            stopOnSignal(server);
            bound.countDown();
            say(end.get());
            said.countDown();
            return ServerExitCode.STOPPED;
        }
    }

    /** Meters of the server's port, and of its bind. Why a bind failed is for the agent to find out. */
    private static void measure(BindReport report, MeterRegistry registry) {
        var binds = new BindMetrics(registry, Set.of());
        switch (report) {
            case Bound bound -> {
                binds.bound(bound.attempt().port(), null, bound.attempt().reuseAddress());
                new PortMetrics(bound.attempt().port()).bindTo(registry);
            }
            case ServerEvent.BindFailed failed ->
                binds.failed(
                        failed.attempt().port(),
                        BindMetrics.UNKNOWN,
                        failed.errno(),
                        null,
                        failed.attempt().reuseAddress());
            case ServerEvent.Refused _ -> {}
        }
    }

    /** With a parent, handler processes end with it, even those of a server that has ended before. */
    private OptionalLong guardian() {
        return withParent
                ? ProcessHandle.current().parent().stream()
                        .mapToLong(ProcessHandle::pid)
                        .findFirst()
                : OptionalLong.empty();
    }

    private void obey(ServerInProcess server, ServerOrder order) {
        // In their turn, and not before the server has said what came of its bind.
        orders.execute(() -> {
            try {
                bound.await();
            } catch (InterruptedException never) {
                return;
            }
            switch (order) {
                // Not waited for: a keep may take for ever, and a later order sharpens it.
                case ServerOrder.Stop stop -> Thread.startVirtualThread(() -> stop(server, stop.way(), null));
                case ServerOrder.Report _ -> say(server.report());
                case ServerOrder.Unknown unknown -> say(new ServerEvent.Misunderstood(unknown.line(), Instant.now()));
            }
        });
    }

    private void stop(ServerInProcess server, StopWay way, @Nullable Duration limit) {
        try {
            ServerEvent.Unbound gone = server.closeListener();
            if (unbound.compareAndSet(false, true)) {
                say(gone);
            }
            end.complete(limit == null ? server.stop(way) : server.stop(way, limit));
        } catch (InterruptedException | RuntimeException failed) {
            end.completeExceptionally(failed);
        }
    }

    /** The hook, not a signal handler: it is what the JDK offers. The process ends with 0 then, not with 143. */
    private void stopOnSignal(ServerInProcess server) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (end.isDone()) {
                return;
            }
            stop(server, onStop, gracePeriod);
            try {
                // The last event is the main thread's.
                if (!end.isCompletedExceptionally() && said.await(1, TimeUnit.SECONDS)) {
                    Runtime.getRuntime().halt(ServerExitCode.STOPPED);
                }
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private void say(ServerEvent event) {
        out.write(ServerEventLine.write(event));
    }

    private ServerSettings settings() {
        if (!onStop.isOrder()) {
            throw usage("--on-stop: " + onStop + " is nothing that a server does itself; close, reset or keep");
        }
        try {
            return new ServerSettings(
                    listener.address,
                    resolve("--address", listener.address),
                    port,
                    listener.reuseAddress,
                    listener.reusePort,
                    backlog,
                    listener.transport,
                    listener.service,
                    reading,
                    listener.handler,
                    linger,
                    generation);
        } catch (IllegalArgumentException bad) {
            throw usage(String.valueOf(bad.getMessage()));
        }
    }

    private InetAddress resolve(String flag, String name) {
        try {
            return InetAddress.getByName(name);
        } catch (UnknownHostException unknown) {
            throw usage(flag + ": " + name + " is not an address or a known host name");
        }
    }

    private ParameterException usage(String message) {
        if (spec == null) {
            throw new IllegalStateException(message);
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
