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
 * Serves an agent over HTTP. Anyone may ask for {@code /livez}, {@code /readyz} and {@code /metrics}; for everything under {@code /v1} the
 * {@link Authorizer} decides. The event loop only parses and routes; virtual threads do the work.
 */
public final class AgentApi implements AutoCloseable {
    /** The lease of a hold whose holder does not ask for another one. */
    public static final int DEFAULT_LEASE_SECONDS = HoldSession.DEFAULT_LEASE_SECONDS;

    private static final long LONGEST_BODY = 1 << 20;
    /** The limits of connections. A start or a stop may take minutes. */
    private static final BoundedHttp.Limits LIMITS = BoundedHttp.Limits.USUAL.withIdle(Duration.ofMinutes(10));

    /** Statuses with which the router and its handlers refuse requests by themselves, except those that have their own texts. */
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
     * What the API needs to serve an agent.
     *
     * @param own the agent that runs the baseline server. The API does not close it
     * @param agents makes an agent for a holder. Each holder counts its generations from 1
     * @param clients starts clients on this machine
     * @param clientsIdle clients end after this time without a request
     * @param nanoClock the clock of the agents' results
     * @param scrape what {@code /metrics} shows; null where there are no metrics
     * @param audits audits of the pods of this node; null where there are none
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
     * Starts to serve.
     *
     * @param port 0 for any free port
     * @return the port
     * @throws IOException when the API cannot listen there
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

    /** Returns the router with every route, for tests that must cover all of them. */
    Router router() {
        return router;
    }

    /** Whether an experiment holds the agent. */
    public boolean isHeld() {
        return session.holder() != null;
    }

    /** Returns how often an experiment has taken the agent. */
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

    /**
     * Answers the readiness check. While the agent is held, the experiment decides whether a server is on the port, so the agent counts as
     * ready.
     */
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

    /** Authorises a request before its body is read, so that a caller without rights cannot make the agent read. */
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
                    // The header distinguishes this answer from other 503s: nothing was done, and the caller may try
                    // again.
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

    /** Does work that may block on a virtual thread, and handles its result on the request's own thread. */
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

    /** Ends everything that was started for a holder, and stops serving. The baseline server is not started again. */
    @Override
    public void close() {
        session.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        workers.shutdownNow();
    }
}
