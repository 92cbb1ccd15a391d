package dev.rebind.client;

import dev.rebind.child.DurationText;
import dev.rebind.child.JsonLines;
import dev.rebind.child.Management;
import dev.rebind.child.ManagementFlags;
import dev.rebind.child.ParentLink;
import dev.rebind.child.PortText;
import dev.rebind.child.Scrape;
import dev.rebind.client.connection.ClientSettings;
import dev.rebind.client.connection.ClientSettings.Behaviour;
import dev.rebind.client.connection.ClientSettings.Pauses;
import dev.rebind.client.connection.ClientSettings.Ready;
import dev.rebind.client.connection.ClientSettings.Source;
import dev.rebind.client.connection.ConnectionPool;
import dev.rebind.client.measure.MeasurementBuffer;
import dev.rebind.client.measure.MeasurementObserver;
import dev.rebind.client.meters.ClientMeters;
import dev.rebind.client.protocol.ClientEvent;
import dev.rebind.client.protocol.ClientEventLine;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.traffic.TrafficFlags;
import dev.rebind.sockets.posix.Errno;
import io.vertx.core.VertxOptions;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The client as a command: events on standard output, orders and the parent's life on standard input. */
@Command(
        name = "client",
        description =
                "Connects to a server, uses it, and measures its service from outside. Reports what it sees on standard"
                        + " output, in JSON lines.",
        mixinStandardHelpOptions = true,
        defaultValueProvider = ClientEnvironment.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:Stopped as told, by order or signal.",
            "1:An error in the client itself.",
            "2:Bad flags or settings; nothing was connected.",
            "69:Refused: the management port is not available.",
            "83:The parent is gone (with --with-parent)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  rebind client",
            "  rebind client --connections 5 --behaviour close-first",
            "  rebind client --protocol http --requests-per-second 50 --http-path /index.html"
        })
public final class ClientCommand implements Callable<Integer> {
    private static final long STOP_SECONDS = 5;
    /** EX_UNAVAILABLE of sysexits.h, as the server has it. */
    private static final int REFUSED = 69;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description =
                    "The server's address or host name; a wildcard stands for loopback. Default: ${DEFAULT-VALUE}.")
    String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            converter = PortText.class,
            description = "The server's port. Default: ${DEFAULT-VALUE}.")
    int port;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many connections. Default: ${DEFAULT-VALUE}.")
    int connections;

    @Option(
            names = "--behaviour",
            paramLabel = "BEHAVIOUR",
            defaultValue = "echo",
            converter = BehaviourText.class,
            completionCandidates = BehaviourText.class,
            description =
                    "read greets once and reads all that comes; echo greets again and again and waits for each answer;"
                            + " close-first and reset do so until told to; stall stops reading after the first answer and"
                            + " never closes. Default: ${DEFAULT-VALUE}.")
    Behaviour behaviour = Behaviour.echo;

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            defaultValue = "20ms",
            converter = DurationText.class,
            description = "Pause between an answer and the next greeting. Default: ${DEFAULT-VALUE}.")
    Duration interval = Duration.ofMillis(20);

    @Option(
            names = "--ask-generation",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "true",
            description =
                    "Whether the first greeting asks for the server's generation; a stream then names it in its first"
                            + " line. Default: ${DEFAULT-VALUE}.")
    boolean askGeneration;

    @Option(
            names = "--ready",
            paramLabel = "WHEN",
            defaultValue = "answer",
            description =
                    "When a connection counts as connected: answer (with its first good answer) or connect (as soon as"
                            + " it is made, for a server that does not read). Default: ${DEFAULT-VALUE}.")
    Ready ready = Ready.answer;

    @Option(
            names = "--reconnect",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "true",
            description =
                    "Whether to restore lost connections. The first connection is always retried until it is open."
                            + " Default: ${DEFAULT-VALUE}.")
    boolean reconnect;

    @Option(
            names = "--reconnect-first",
            paramLabel = "DURATION",
            defaultValue = "5ms",
            converter = DurationText.class,
            description =
                    "Pause before the first new attempt; doubled from attempt to attempt. Default: ${DEFAULT-VALUE}.")
    Duration firstPause = Duration.ofMillis(5);

    @Option(
            names = "--reconnect-longest",
            paramLabel = "DURATION",
            defaultValue = "100ms",
            converter = DurationText.class,
            description = "Longest pause between two attempts. It limits the precision of a downtime. Default:"
                    + " ${DEFAULT-VALUE}.")
    Duration longestPause = Duration.ofMillis(100);

    @Option(
            names = "--jitter",
            paramLabel = "SHARE",
            defaultValue = "0.5",
            description = "Random share by which a pause is shortened, from 0 to 1. Default: ${DEFAULT-VALUE}.")
    double jitter;

    @Option(
            names = "--connect-timeout",
            paramLabel = "DURATION",
            defaultValue = "5s",
            converter = DurationText.class,
            description =
                    "How long an attempt of TCP may take; the handshakes of TLS and HTTP/2 on it may take as long again."
                            + " Default: ${DEFAULT-VALUE}.")
    Duration connectTimeout = Duration.ofSeconds(5);

    @Option(
            names = "--local-address",
            paramLabel = "ADDRESS",
            description = "Address to connect from. Without it the kernel chooses.")
    @Nullable
    String localAddress;

    @Option(
            names = "--local-port",
            paramLabel = "PORT",
            defaultValue = "0",
            converter = PortText.OrZero.class,
            description = "Port to connect from; further connections take the ports after it. 0: the kernel chooses."
                    + " Default: ${DEFAULT-VALUE}.")
    int localPort;

    @Option(
            names = "--reuse-address",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "SO_REUSEADDR of the client's own sockets, for a local port that has leftovers. Default:"
                    + " ${DEFAULT-VALUE}.")
    boolean reuseAddress;

    @Option(
            names = "--measure-interval",
            paramLabel = "DURATION",
            defaultValue = "0s",
            converter = DurationText.class,
            description =
                    "How often the client prints the event measured, which has what happened since the last one; 0:"
                            + " never. Default: ${DEFAULT-VALUE}.")
    Duration measureInterval = Duration.ZERO;

    @Mixin
    TrafficFlags traffic = new TrafficFlags();

    @Mixin
    ManagementFlags managed = new ManagementFlags();

    @Option(
            names = "--with-parent",
            description = "Follow orders on standard input (close, reset, stall, resume, print, observe, mark, bound,"
                    + " report, stop), one a line, and end at once when it ends.")
    boolean withParent;

    @Spec
    @Nullable
    CommandSpec spec;

    private final JsonLines out = JsonLines.toStandardOutput();
    /** Whether all connections were there once. */
    private final AtomicBoolean served = new AtomicBoolean();

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        ClientSettings settings = settings();
        if (!managed.wanted()) {
            var buffer = new MeasurementBuffer();
            boolean said = !measureInterval.isZero();
            var pool = new ConnectionPool(
                    settings,
                    this::say,
                    said ? buffer : MeasurementObserver.NONE,
                    new VertxOptions(),
                    UnaryOperator.identity());
            if (said) {
                pool.sayEvery(measureInterval, buffer);
            }
            return run(pool);
        }
        if (!measureInterval.isZero()) {
            throw usage("--measure-interval is for a client without --management-port: it measures for one of them");
        }
        try (var management = new Management(
                resolve("--management-address", managed.address()), managed.port(), served::get, "served")) {
            if (management.open() instanceof Management.Opening.Failed failed) {
                System.err.println(managed.notOpened(failed));
                return REFUSED;
            }
            var meters = new ClientMeters(management.scrape().registry());
            return run(new ConnectionPool(
                    settings,
                    this::say,
                    meters.observer(settings.port()),
                    Scrape.measured(),
                    management.scrape()::measure));
        }
    }

    private int run(ConnectionPool pool) throws InterruptedException, ExecutionException {
        if (withParent) {
            ParentLink.follow(
                    line -> ClientOrder.parse(line).ifPresentOrElse(pool::obey, () -> pool.misunderstood(line)));
        }
        stopOnSignal(pool);
        // While there are descriptors: later connections may use them up, and then the failure has no name.
        var _ = Errno.EMFILE.message();
        pool.start();
        pool.ended().get();
        pool.release();
        return 0;
    }

    /** The last report, then the end in order; the process ends with 0 then, not with 143. */
    private static void stopOnSignal(ConnectionPool pool) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (pool.ended().isDone()) {
                return;
            }
            pool.obey(ClientOrder.report);
            pool.obey(ClientOrder.stop);
            try {
                pool.ended().get(STOP_SECONDS, TimeUnit.SECONDS);
                Runtime.getRuntime().halt(0);
            } catch (InterruptedException | ExecutionException | TimeoutException stuck) {
                System.err.println("The client did not stop within " + STOP_SECONDS + " s; it is cut off.");
            }
        }));
    }

    private void say(ClientEvent event) {
        if (event instanceof ClientEvent.Connected) {
            served.set(true);
        }
        out.write(ClientEventLine.write(event));
    }

    private ClientSettings settings() {
        try {
            return new ClientSettings(
                    reachable(resolve("--host", host)),
                    port,
                    connections,
                    behaviour,
                    interval,
                    askGeneration,
                    ready,
                    reconnect,
                    new Pauses(firstPause, longestPause, jitter),
                    connectTimeout,
                    new Source(
                            localAddress == null ? null : resolve("--local-address", localAddress),
                            localPort,
                            reuseAddress),
                    traffic.traffic());
        } catch (IllegalArgumentException bad) {
            throw usage(String.valueOf(bad.getMessage()));
        }
    }

    /** To connect to a wildcard is to connect to oneself, and the kernel then says so in the far end's address. */
    private static InetAddress reachable(InetAddress address) {
        if (!address.isAnyLocalAddress()) {
            return address;
        }
        return InetAddress.ofLiteral(address instanceof Inet4Address ? "127.0.0.1" : "::1");
    }

    private InetAddress resolve(String flag, String name) {
        try {
            return InetAddress.getByName(name);
        } catch (UnknownHostException unknown) {
            throw usage(flag + ": " + name + " is no address and no known host name");
        }
    }

    private ParameterException usage(String message) {
        if (spec == null) {
            throw new IllegalStateException(message);
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
