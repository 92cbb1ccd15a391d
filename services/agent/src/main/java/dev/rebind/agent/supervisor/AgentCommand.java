package dev.rebind.agent.supervisor;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.LocalAgent;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.agent.clients.ChildClients;
import dev.rebind.agent.http.AgentApi;
import dev.rebind.agent.http.AgentIdentity;
import dev.rebind.agent.meters.AgentMeters;
import dev.rebind.child.DurationText;
import dev.rebind.child.JsonLines;
import dev.rebind.child.PortText;
import dev.rebind.child.Scrape;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.client.meters.ClientMeters;
import dev.rebind.server.ListenerFlags;
import dev.rebind.server.listener.ServerSettings.HandlerKind;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.release.ReleasePredictor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The agent as a command: supervises one server on this machine. */
@Command(
        name = "agent",
        description =
                "Keeps Rebind's server running on its port, restarts it when told to, and reports for each restart"
                        + " what was left on the port and why a bind failed.",
        mixinStandardHelpOptions = true,
        defaultValueProvider = AgentEnvironment.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:Stopped as told, by order or signal; over HTTP the order may name another code.",
            "1:The server could not be run, or ended by itself, or the HTTP API could not be served.",
            "2:Bad flags or settings; nothing was started.",
            "13:bind failed with EACCES.",
            "71:bind or listen failed for another reason.",
            "98:bind or listen failed with EADDRINUSE.",
            "99:bind failed with EADDRNOTAVAIL."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  rebind agent", "  rebind agent --reuse-address=false --retry --close kill"})
public final class AgentCommand implements Callable<Integer> {
    /**
     * How long clients live without a request. It equals the default lease of a hold, so an outage that the hold survives does not end the
     * clients either.
     */
    private static final Duration CLIENTS_IDLE = Duration.ofSeconds(AgentApi.DEFAULT_LEASE_SECONDS);

    @Mixin
    ListenerFlags listener = new ListenerFlags();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            converter = PortText.class,
            description = "Port to bind, 1 to 65535. Default: ${DEFAULT-VALUE}.")
    int port;

    @Option(
            names = "--close",
            paramLabel = "WAY",
            defaultValue = "close",
            description = "How the server is stopped: close (FIN), reset (SO_LINGER 0), keep (connections stay open,"
                    + " with --handler=process), kill (SIGKILL). Default: ${DEFAULT-VALUE}.")
    StopWay way = StopWay.close;

    @Option(
            names = "--grace-period",
            paramLabel = "DURATION",
            defaultValue = "5s",
            converter = DurationText.class,
            description = "How long it may take to stop; then it is killed. Default: ${DEFAULT-VALUE}.")
    Duration gracePeriod = Duration.ofSeconds(5);

    @Option(
            names = "--retry",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Retry a failed bind, and restart a server that ended by itself; false: the agent ends then."
                    + " Default: ${DEFAULT-VALUE}.")
    boolean retry;

    @Option(
            names = "--retry-interval",
            paramLabel = "DURATION",
            defaultValue = "1s",
            converter = DurationText.class,
            description = "Pause between two attempts. Default: ${DEFAULT-VALUE}.")
    Duration retryInterval = Duration.ofSeconds(1);

    @Option(
            names = "--idle",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Run no server until told to over HTTP: for client pods and agents of a node. Default:"
                    + " ${DEFAULT-VALUE}.")
    boolean idle;

    @ArgGroup(validate = false)
    HttpFlags http = new HttpFlags();

    @Spec
    @Nullable
    CommandSpec spec;

    private final CountDownLatch over = new CountDownLatch(1);

    @Override
    public Integer call() throws InterruptedException {
        check();
        JsonLines out = JsonLines.toStandardOutput();
        ChildJvm jvm = ChildJvm.likeThis();
        SocketReader reader = SocketReaders.best();
        var predictor = new ReleasePredictor();
        // The meters are needed only where the HTTP API is served.
        try (Scrape scrape = http.wanted() ? new Scrape() : null) {
            AgentMeters meters = scrape == null ? null : new AgentMeters(scrape.registry(), reader, predictor);
            Supplier<Agent> agents = () -> {
                Agent agent = LocalAgent.endedByItsOwner(jvm, reader, predictor);
                return meters == null ? agent : meters.measured(agent);
            };
            return call(agents, new Measuring(scrape, meters), jvm, out);
        } finally {
            over.countDown();
        }
    }

    /** The scrape page and the meters; either both are present or neither. */
    private record Measuring(
            @Nullable Scrape scrape, @Nullable AgentMeters meters) {
        @Nullable
        ClientMeters clients() {
            return meters == null ? null : meters.clients();
        }
    }

    private int call(Supplier<Agent> agents, Measuring measuring, ChildJvm jvm, JsonLines out)
            throws InterruptedException {
        Place place = place();
        if (measuring.meters() != null && !idle) {
            measuring.meters().supervises(place);
        }
        try (Agent agent = agents.get()) {
            var supervisor = new Supervisor(
                    agent,
                    new Supervisor.Plan(place, this::settings, way, gracePeriod, retry, retryInterval, idle),
                    out::write);
            try (var _ = serve(supervisor, agent, agents, measuring, jvm, out)) {
                follow(supervisor);
                stopOnSignal(supervisor, over);
                return supervisor.run();
            } catch (IOException e) {
                System.err.println("The HTTP API cannot be served: " + e.getMessage());
                return Supervisor.BROKEN;
            }
        }
    }

    /** An HTTP API whose close() throws no checked exception. */
    private interface Serving extends AutoCloseable {
        @Override
        void close();
    }

    private Serving serve(
            Supervisor supervisor,
            Agent agent,
            Supplier<Agent> agents,
            Measuring measuring,
            ChildJvm jvm,
            JsonLines out)
            throws IOException {
        if (!http.wanted()) {
            return () -> {};
        }
        AgentIdentity identity = AgentIdentity.of(http.node, http.pod);
        var api = new AgentApi(
                http.authorizer(),
                new AgentApi.Backing(
                        identity,
                        supervisor,
                        agent,
                        agents,
                        (place, wanted) -> ChildClients.start(jvm, place, wanted, measuring.clients()),
                        CLIENTS_IDLE,
                        System::nanoTime,
                        measuring.scrape(),
                        http.audits()));
        if (measuring.meters() != null) {
            measuring.meters().held(api::isHeld, api::holds);
        }
        try {
            int actual = api.open(http.literal(), http.port);
            out.write(SupervisorLine.serving(
                    http.literal().getHostAddress(), actual, identity.instance(), Instant.now()));
            return api::close;
        } catch (IOException e) {
            api.close();
            throw e;
        }
    }

    private GenerationSettings settings(int generation) {
        return new GenerationSettings(
                generation,
                place(),
                GenerationSettings.Mode.process,
                listener.reuseAddress(),
                listener.reusePort(),
                listener.service().name(),
                listener.transport().name(),
                true,
                listener.handler() == HandlerKind.process,
                null);
    }

    private Place place() {
        return new Place(InetAddress.ofLiteral(listener.address()).getHostAddress(), port);
    }

    /** Reads orders from standard input. The end of the input is not an order to stop, because a system service has no standard input. */
    private static void follow(Supervisor supervisor) {
        Thread.ofPlatform().daemon().name("orders").start(() -> {
            try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.isBlank()) {
                        supervisor.order(line.strip());
                    }
                }
            } catch (IOException e) {
                System.err.println("Orders cannot be read any more (" + e.getMessage() + "); signals still work.");
            }
        });
    }

    private void stopOnSignal(Supervisor supervisor, CountDownLatch over) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (over.getCount() == 0) {
                return;
            }
            supervisor.order(new SupervisorOrder.Stop());
            try {
                if (over.await(gracePeriod.toMillis() + 5_000, TimeUnit.MILLISECONDS)) {
                    Runtime.getRuntime().halt(Supervisor.STOPPED);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private void check() {
        try {
            var _ = InetAddress.ofLiteral(listener.address());
        } catch (IllegalArgumentException e) {
            throw usage("--address: " + listener.address() + " is not an IPv4 or IPv6 address");
        }
        if (way == StopWay.keep && listener.handler() == HandlerKind.own) {
            throw usage("--close=keep needs --handler=process: the server's own connections end with it");
        }
        if (idle && !http.wanted()) {
            throw usage("--idle needs --http-address: nobody could tell it anything");
        }
        String fault = http.fault();
        if (fault != null) {
            throw usage(fault);
        }
        if (retryInterval.isZero()) {
            throw usage("--retry-interval must be longer than 0");
        }
    }

    private ParameterException usage(String message) {
        if (spec == null) {
            throw new IllegalStateException(message);
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
