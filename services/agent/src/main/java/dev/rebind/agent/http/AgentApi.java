package dev.rebind.agent.http;

import dev.rebind.agent.Agent;
import dev.rebind.agent.audit.PodAudits;
import dev.rebind.agent.http.Authorizer.Decision;
import dev.rebind.agent.wire.WireMessages;
import dev.rebind.agent.wire.WireMessages.BaselineState;
import dev.rebind.agent.wire.WireMessages.Problem;
import dev.rebind.child.BoundedHttp;
import dev.rebind.child.LeanVertx;
import dev.rebind.child.Scrape;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Serves an agent over HTTP: {@code /livez}, {@code /readyz} and {@code /metrics} for anyone, everything under {@code /v1} for whom the
 * {@link Authorizer} lets in. The event loop only parses and routes; the work is done on virtual threads.
 */
public final class AgentApi implements AutoCloseable {
    /** Of a hold whose holder does not say how long. */
    public static final int DEFAULT_LEASE_SECONDS = HoldSession.DEFAULT_LEASE_SECONDS;

    private static final long LONGEST_BODY = 1 << 20;
    /** A start or a stop may take minutes. */
    private static final BoundedHttp.Limits LIMITS = BoundedHttp.Limits.USUAL.withIdle(Duration.ofMinutes(10));

    /** What the router and its handlers refuse by themselves, beside what has words of its own. */
    private static final int[] OTHER_REFUSALS = {406, 411, 414, 415, 417, 426, 431};

    private static final String BEARER = "Bearer ";

    private final Vertx vertx;
    private final @Nullable Scrape scrape;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final IdempotencyCache once = new IdempotencyCache();
    private final AgentIdentity identity;
    private final Authorizer authorizer;
    private final BaselineServer baseline;
    private final HoldSession session;
    private final List<AgentRoute> endpoints;
    private final Router router;

    /**
     * What stands behind the API.
     *
     * @param own the agent that runs the baseline; not closed here
     * @param agents makes the agent of a holder, who counts generations from 1
     * @param clients starts clients on this machine
     * @param clientsIdle after how long without a request clients end
     * @param nanoClock the clock of the agents' results
     * @param scrape what {@code /metrics} shows; null: there is none
     * @param audits of the pods of this node; null: there are none
     */
    public record Backing(
            AgentIdentity identity,
            BaselineServer baseline,
            Agent own,
            Supplier<Agent> agents,
            ClientStarter clients,
            Duration clientsIdle,
            LongSupplier nanoClock,
            @Nullable Scrape scrape,
            @Nullable PodAudits audits) {}

    public AgentApi(Authorizer authorizer, Backing backing) {
        this.authorizer = authorizer;
        this.scrape = backing.scrape();
        this.vertx = (scrape == null
                        ? LeanVertx.builder(new VertxOptions())
                        : scrape.measure(LeanVertx.builder(Scrape.measured())))
                .build();
        this.identity = backing.identity();
        this.baseline = backing.baseline();
        this.session = new HoldSession(
                backing.baseline(),
                backing.own(),
                backing.agents(),
                () -> new ClientSessions(backing.clients(), backing.clientsIdle()));
        this.endpoints = new AgentRoutes(identity, baseline, session, backing.nanoClock(), backing.audits()).all();
        this.router = routes();
    }

    /**
     * Begins to serve.
     *
     * @param port 0: any that is free
     * @return the port
     * @throws IOException when it cannot listen there
     */
    public int open(InetAddress address, int port) throws IOException {
        try {
            HttpServer server = BoundedHttp.server(vertx, LIMITS, router)
                    .listen(SocketAddress.inetSocketAddress(new InetSocketAddress(address, port)))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            return server.actualPort();
        } catch (CompletionException e) {
            throw new IOException(
                    String.valueOf(
                            e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
                    e);
        }
    }

    /** Every route, for tests that must not miss one. */
    Router router() {
        return router;
    }

    /** Whether an experiment holds the agent. */
    public boolean isHeld() {
        return session.holder() != null;
    }

    /** How often an experiment has taken the agent. */
    public long holds() {
        return session.begun();
    }

    HoldSession tenant() {
        return session;
    }

    private Router routes() {
        Router routes = Router.router(vertx);
        routes.get("/livez").handler(context -> say(context, 200, "alive\n"));
        routes.get("/readyz").handler(this::ready);
        Scrape shown = scrape;
        if (shown != null) {
            routes.get("/metrics").handler(context -> shown.answer(vertx, context.response()));
        }
        routes.route("/v1/*").handler(this::authorise);
        routes.route("/v1/*").handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY));
        for (AgentRoute endpoint : endpoints) {
            routes.route(endpoint.method(), endpoint.path()).handler(context -> carryOut(context, endpoint));
        }
        routes.errorHandler(
                400, context -> send(context, Problem.of(400, "Bad Request", "the request cannot be read")));
        routes.errorHandler(404, context -> send(context, Problem.of(404, "Not Found", "there is no such path")));
        routes.errorHandler(405, this::wrongMethod);
        routes.errorHandler(
                413,
                context -> send(
                        context,
                        Problem.of(413, "Content Too Large", "a body has at most " + LONGEST_BODY + " bytes")));
        for (int status : OTHER_REFUSALS) {
            routes.errorHandler(status, context -> send(context, refusal(context, status)));
        }
        routes.errorHandler(500, context -> send(context, internal(context.failure())));
        return routes;
    }

    private static Problem refusal(RoutingContext context, int status) {
        String reason = context.response().setStatusCode(status).getStatusMessage();
        return Problem.of(status, reason, reason);
    }

    /** While the agent is held, whoever holds it serves on the port or leaves it, as the experiment says. */
    private void ready(RoutingContext context) {
        BaselineState state = baseline.state().state();
        boolean ready = switch (state) {
            case idle, bound, held -> true;
            case starting, failing, ended -> false;
        };
        say(context, ready ? 200 : 503, state + "\n");
    }

    private static void say(RoutingContext context, int status, String text) {
        var _ = context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .end(text);
    }

    /** Before the body is read: whoever may not ask makes nobody read. */
    private void authorise(RoutingContext context) {
        String header = context.request().getHeader("Authorization");
        String bearer = header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip()
                : null;
        context.request().pause();
        onWorker(context, () -> authorizer.check(bearer), decision -> {
            switch (decision) {
                case Decision.Allowed _ -> {
                    context.request().resume();
                    context.next();
                }
                case Decision.Unauthenticated(String why) -> {
                    context.response().putHeader("WWW-Authenticate", "Bearer");
                    send(context, Problem.of(401, "Unauthorized", why));
                }
                case Decision.Forbidden(String user, String why) ->
                    send(context, Problem.of(403, "Forbidden", user + ": " + why));
                case Decision.Undecided(String why) -> {
                    // Told from other 503s by it: nothing was done, and it is worth waiting.
                    context.response().putHeader("Retry-After", "1");
                    send(context, Problem.of(503, "Service Unavailable", "who asks cannot be told now: " + why));
                }
            }
        });
    }

    private void carryOut(RoutingContext context, AgentRoute endpoint) {
        HttpCall call = HttpCall.of(context);
        onWorker(context, () -> answer(call, endpoint), answer -> send(context, answer));
    }

    private HttpAnswer answer(HttpCall call, AgentRoute endpoint) {
        try {
            String meant = call.headers().get(WireMessages.INSTANCE_HEADER);
            if (meant != null && !meant.equals(identity.instance())) {
                throw HttpRefusal.otherInstance(identity.instance());
            }
            String key = call.headers().get(WireMessages.KEY_HEADER);
            return key == null || !endpoint.kept()
                    ? work(call, endpoint)
                    : once.answer(key, call.line() + "\n" + call.body(), () -> work(call, endpoint));
        } catch (HttpRefusal refusal) {
            return HttpAnswer.of(refusal.problem());
        }
    }

    private static HttpAnswer work(HttpCall call, AgentRoute endpoint) {
        try {
            return endpoint.work().answer(call);
        } catch (HttpRefusal refusal) {
            return HttpAnswer.of(refusal.problem());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HttpAnswer.of(HttpRefusal.unavailable("the agent is ending").problem());
        } catch (RuntimeException e) {
            return HttpAnswer.of(internal(e));
        }
    }

    /** Work that may block is done on a virtual thread; what comes of it is handled on the request's own. */
    private <T> void onWorker(RoutingContext context, Supplier<T> work, java.util.function.Consumer<T> then) {
        var loop = vertx.getOrCreateContext();
        workers.execute(() -> {
            try {
                T result = work.get();
                loop.runOnContext(_ -> then.accept(result));
            } catch (RuntimeException e) {
                loop.runOnContext(_ -> send(context, internal(e)));
            }
        });
    }

    private static Problem internal(@Nullable Throwable e) {
        return Problem.of(500, "Internal Server Error", String.valueOf(e));
    }

    private void wrongMethod(RoutingContext context) {
        String path = context.normalizedPath();
        String allowed = router.getRoutes().stream()
                .filter(route -> route.methods() != null
                        && route.getPath() != null
                        && path.matches(route.getPath().replaceAll(":[a-z]+", "[^/]+")))
                .flatMap(route -> route.methods().stream())
                .map(Object::toString)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        context.response().putHeader("Allow", allowed);
        send(context, Problem.of(405, "Method Not Allowed", "this path takes " + allowed));
    }

    private static void send(RoutingContext context, Problem problem) {
        send(context, HttpAnswer.of(problem));
    }

    private static void send(RoutingContext context, HttpAnswer answer) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            answer.after().run();
            return;
        }
        response.setStatusCode(answer.status())
                .putHeader("Content-Type", answer.mediaType())
                .putHeader("Cache-Control", "no-store")
                .end(answer.body())
                .onComplete(_ -> answer.after().run());
    }

    /** Ends what was started for a holder, and serves no more. The baseline is not started again. */
    @Override
    public void close() {
        session.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        workers.shutdownNow();
    }
}
