package dev.rebind.live;

import dev.rebind.child.BoundedHttp;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.live.Actions.Answer;
import dev.rebind.live.EventStream.ReaderGone;
import dev.rebind.live.Experiments.Look;
import dev.rebind.live.Experiments.One;
import dev.rebind.live.Experiments.UnavailableException;
import dev.rebind.live.Experiments.Why;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of {@code openapi.yaml} except health. Work that waits, for files or for the API server, runs on virtual
 * threads; closing this ends them, and with them the events of every reader.
 */
public final class LiveApi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveApi.class);

    /** What the page may load: content of this origin, without inline scripts and styles. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** A report has its own policy. In a sandbox it has no access to the page's storage or rights. */
    private static final String SANDBOX = "sandbox allow-scripts; frame-ancestors 'none'";

    private static final int MOST_READERS = 128;
    private static final int MOST_BODY_BYTES = 1 << 20;
    private static final int CHUNK = 1 << 16;
    private static final long PATIENCE_SECONDS = 10;
    /** What was asked for is interrupted when the program ends; this is for what does not hear it. */
    private static final long ENDING_SECONDS = 3;

    private static final Pattern EVENT_ID = Pattern.compile("(.+):([0-9]{1,18})");
    private static final Pattern BEARER = Pattern.compile("(?i)bearer +([A-Za-z0-9._~+/-]+=*)");

    private final Experiments experiments;
    private final Actions actions;
    private final Audits audits;
    private final Assets assets = new Assets();
    private final RecordCache cache = new RecordCache();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final ReaderPlaces readers = new ReaderPlaces(MOST_READERS);

    private LiveApi(Experiments experiments, Actions actions, Audits audits) {
        this.experiments = experiments;
        this.actions = actions;
        this.audits = audits;
    }

    /** The server that the routes are for, which does not listen yet. */
    public static HttpServer server(Vertx vertx, Router router) {
        return BoundedHttp.server(vertx, BoundedHttp.Limits.USUAL, router);
    }

    /** Adds the routes, for a program that looks at no pods. */
    public static LiveApi mount(Router router, Experiments experiments, Actions actions) {
        return mount(router, experiments, actions, Audits.ON_ONE_MACHINE);
    }

    /** Adds the routes. */
    public static LiveApi mount(Router router, Experiments experiments, Actions actions, Audits audits) {
        var api = new LiveApi(experiments, actions, audits);
        router.route().handler(LiveApi::headers);
        router.route().failureHandler(context -> {
            if (context.statusCode() < 0 && context.failure() == null) {
                // The router knows which refusal it is.
                context.next();
            } else {
                refused(context, context.statusCode() < 0 ? 500 : context.statusCode());
            }
        });
        Http.REFUSALS.forEach(status -> router.errorHandler(status, context -> refused(context, status)));
        api.page(router);
        api.reading(router);
        api.acting(router);
        return api;
    }

    /** Headers of every answer; a handler may override them. */
    private static void headers(RoutingContext context) {
        context.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        context.next();
    }

    private void page(Router router) {
        Http.readable(router, "/")
                .handler(
                        context -> assets.resource(context, "/dev/rebind/live/index.html", "text/html; charset=utf-8"));
        Http.readable(router, "/assets/:file").handler(context -> assets.file(context, path(context, "file")));
        Http.readable(router, "/openapi.yaml")
                .handler(context -> assets.resource(context, "/dev/rebind/live/openapi.yaml", "application/yaml"));
        Http.readable(router, "/cycle-record.schema.json")
                .handler(context ->
                        assets.resource(context, "/dev/rebind/record/cycle-record.schema.json", "application/json"));
    }

    private void reading(Router router) {
        Http.readable(router, "/v1/about").handler(context -> Http.json(context, 200, experiments.about()));
        Http.readable(router, "/v1/experiments")
                .handler(waiting(context -> Http.json(context, 200, new Views.ExperimentList(experiments.list()))));
        Http.readable(router, "/v1/audit").handler(this::audit);
        Http.readable(router, "/v1/events")
                .handler(waiting(context -> events(context, out -> new EventFeed(experiments, out, cache).all())));
        String one = "/v1/experiments/:namespace/:name";
        Http.readable(router, one).handler(of((context, found) -> Http.json(context, 200, found.detail())));
        Http.readable(router, one + "/records").handler(of(this::records));
        Http.readable(router, one + "/records/:cycle").handler(of(this::record));
        Http.readable(router, one + "/events").handler(of((context, _) -> follow(context)));
        Http.readable(router, one + "/sockets").handler(of(LiveApi::sockets));
        Http.readable(router, one + "/why").handler(of(LiveApi::why));
        Http.readable(router, one + "/report.html").handler(of(LiveApi::report));
        Http.readable(router, one + "/summary.md").handler(of(LiveApi::summary));
    }

    private void acting(Router router) {
        // A route of its own: in one route the handler of bodies comes first.
        router.post("/v1/experiments").handler(this::admit);
        router.post("/v1/experiments")
                .handler(BodyHandler.create(false).setBodyLimit(MOST_BODY_BYTES))
                .handler(waiting(context -> answer(
                        context,
                        actions.start(
                                context.body().asString() == null
                                        ? ""
                                        : context.body().asString(),
                                token(context)))));
        for (Actions.Order order : Actions.Order.values()) {
            router.post("/v1/experiments/:namespace/:name/" + order)
                    .handler(waiting(context -> answer(
                            context,
                            actions.order(order, path(context, "namespace"), path(context, "name"), token(context)))));
        }
    }

    /** Before the body is read: whoever may not start anything makes nobody read. */
    private void admit(RoutingContext context) {
        context.request().pause();
        Context loop = context.vertx().getOrCreateContext();
        waiting(_ -> {
                    Answer.Refused refused = actions.refusesStart(token(context));
                    if (refused != null) {
                        answer(context, refused);
                        return;
                    }
                    loop.runOnContext(_ -> {
                        context.request().resume();
                        context.next();
                    });
                })
                .handle(context);
    }

    private interface Work {
        void answer(RoutingContext context)
                throws UnavailableException, IOException, InterruptedException, BadParameter;
    }

    private interface WorkOnOne {
        void answer(RoutingContext context, One one)
                throws UnavailableException, IOException, InterruptedException, BadParameter;
    }

    private static final class BadParameter extends Exception {
        private static final long serialVersionUID = 1;

        BadParameter(String message) {
            super(message);
        }
    }

    /** On a thread that may wait. It is interrupted when who asked is gone. */
    private Handler<RoutingContext> waiting(Work work) {
        return context -> {
            var task = new FutureTask<@Nullable Void>(() -> run(context, work), null);
            context.response().closeHandler(_ -> task.cancel(true));
            try {
                workers.execute(task);
            } catch (RejectedExecutionException _) {
                Http.text(context, 503, "this process is ending");
            }
        };
    }

    private static void run(RoutingContext context, Work work) {
        try {
            work.answer(context);
        } catch (BadParameter e) {
            Http.text(context, 400, String.valueOf(e.getMessage()));
        } catch (UnavailableException e) {
            Http.text(context, 503, String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            context.response().reset();
        } catch (IOException e) {
            broken(context, "the records cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            if (context.response().closed()) {
                // Who asked is gone, and what was done for it was interrupted.
                return;
            }
            broken(context, "an error in Rebind itself: " + e, e);
        }
    }

    /** What the router refuses is told to whoever asked. Only what is this program's own fault is worth a line in the log. */
    private static void refused(RoutingContext context, int status) {
        if (status >= 500) {
            broken(context, "an error in Rebind itself: " + context.failure(), context.failure());
        } else if (context.response().headWritten()) {
            context.response().reset();
        } else {
            Http.text(context, status, Http.reason(context, status));
        }
    }

    private static void broken(RoutingContext context, String why, @Nullable Throwable e) {
        LOG.error("{}: {}", context.request().path(), why, e);
        if (context.response().headWritten()) {
            context.response().reset();
        } else {
            Http.text(context, 500, why);
        }
    }

    private Handler<RoutingContext> of(WorkOnOne work) {
        return waiting(context -> {
            String namespace = path(context, "namespace");
            String name = path(context, "name");
            Optional<One> found = experiments.find(namespace, name);
            if (found.isEmpty()) {
                Http.text(context, 404, "there is no experiment " + Http.shown(namespace + "/" + name));
            } else {
                work.answer(context, found.get());
            }
        });
    }

    private void records(RoutingContext context, One one) throws IOException, InterruptedException, BadParameter {
        long after = number(context, "after", 0, 0);
        long limit = number(context, "limit", 1, Long.MAX_VALUE);
        boolean brief = brief(context);
        HttpServerResponse response = context.response();
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/jsonl")
                .putHeader("Rebind-Uid", one.overview().uid());
        Buffer chunk = Buffer.buffer();
        RecordLog log = one.records();
        try (RecordLog.Cursor cursor = log.open()) {
            cursor.skipTo(after);
            for (long sent = 0; sent < limit; sent++) {
                byte[] line = cursor.next();
                if (line == null) {
                    break;
                }
                chunk.appendBytes(brief ? cache.brief(log, cursor, line) : line).appendString("\n");
                if (chunk.length() >= CHUNK) {
                    taken(response, chunk);
                    chunk = Buffer.buffer();
                }
            }
        } catch (ExecutionException | TimeoutException _) {
            response.reset();
            return;
        }
        var _ = response.end(chunk);
    }

    /** Waits until the reader's socket has taken it, so that at most one chunk is in memory. */
    private static void taken(HttpServerResponse response, Buffer chunk)
            throws InterruptedException, ExecutionException, TimeoutException {
        response.write(chunk).toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void record(RoutingContext context, One one) throws IOException, BadParameter {
        long cycle;
        try {
            cycle = Long.parseLong(path(context, "cycle"));
        } catch (NumberFormatException _) {
            throw new BadParameter("the number of a cycle is 1 or more, not " + Http.shown(path(context, "cycle")));
        }
        byte[] line = cache.line(one.records(), cycle);
        if (line == null) {
            Http.text(context, 404, "there is no record of cycle " + cycle);
        } else {
            Http.bytes(context, "application/json", line);
        }
    }

    private void audit(RoutingContext context) {
        switch (audits.last(context.queryParams().get("namespace"))) {
            case Audits.Answer.Told(String json) ->
                Http.bytes(context, "application/json", json.getBytes(StandardCharsets.UTF_8));
            case Audits.Answer.Nothing(String why) -> Http.text(context, 409, why);
            case Audits.Answer.NotAudited(String why) -> Http.text(context, 404, why);
            case Audits.Answer.NotYet(String why) -> Http.text(context, 503, why);
        }
    }

    private static void sockets(RoutingContext context, One one) {
        switch (one.look()) {
            case Look.Seen(Views.Sockets sockets) -> Http.json(context, 200, sockets);
            case Look.Nothing(String why) -> Http.text(context, 409, why);
            case Look.Unreadable(String why) -> Http.text(context, 503, why);
        }
    }

    private static void why(RoutingContext context, One one) {
        switch (one.why()) {
            case Why.Told told ->
                Http.json(
                        context,
                        200,
                        new Views.PortWhy(
                                told.port(),
                                told.answers().stream()
                                        .map(answer ->
                                                new Views.PodWhy(answer.pod(), DiagnosisJson.write(answer.diagnosis())))
                                        .toList()));
            case Why.Nothing(String why) -> Http.text(context, 409, why);
        }
    }

    private static void report(RoutingContext context, One one) throws IOException, BadParameter {
        document(context, one, Reports.page(one), "text/html; charset=utf-8", "html");
    }

    private static void summary(RoutingContext context, One one) throws IOException, BadParameter {
        document(context, one, Reports.markdown(one), "text/markdown; charset=utf-8", "md");
    }

    private static void document(RoutingContext context, One one, Optional<String> document, String type, String ending)
            throws BadParameter {
        boolean download = flag(context, "download");
        if (document.isEmpty()) {
            Http.text(context, 409, "there is no record yet to make it from");
            return;
        }
        context.response().putHeader("Content-Security-Policy", SANDBOX);
        if (download) {
            // A name is an RFC 1123 label, so nothing in it needs quotes.
            context.response()
                    .putHeader(
                            "Content-Disposition",
                            "attachment; filename=\"rebind-" + one.overview().name() + "." + ending + "\"");
        }
        Http.bytes(context, type, document.get().getBytes(StandardCharsets.UTF_8));
    }

    private void follow(RoutingContext context) throws BadParameter, InterruptedException {
        boolean brief = brief(context);
        EventFeed.Position position = position(context);
        events(
                context,
                out -> new EventFeed(experiments, out, cache)
                        .one(path(context, "namespace"), path(context, "name"), position, brief));
    }

    private static EventFeed.Position position(RoutingContext context) throws BadParameter {
        long after = number(context, "after", 0, 0);
        String last = context.request().getHeader("Last-Event-ID");
        if (last == null || last.isEmpty()) {
            return new EventFeed.Position(null, after);
        }
        Matcher id = EVENT_ID.matcher(last);
        if (!id.matches()) {
            throw new BadParameter("Last-Event-ID is the id of a record event, UID:POSITION, not " + Http.shown(last));
        }
        return new EventFeed.Position(id.group(1), Long.parseLong(id.group(2)));
    }

    private interface Telling {
        void to(EventStream out) throws ReaderGone, InterruptedException, IOException;
    }

    private void events(RoutingContext context, Telling telling) throws InterruptedException {
        try (ReaderPlaces.Place _ = readers.take();
                EventStream out = EventStream.open(context.request())) {
            if (!context.request().method().equals(HttpMethod.HEAD)) {
                telling.to(out);
            }
        } catch (ReaderGone _) {
            context.response().reset();
        } catch (IOException e) {
            LOG.error("{}: the records cannot be read", context.request().path(), e);
        }
    }

    private static void answer(RoutingContext context, Answer answer) {
        switch (answer) {
            case Answer.Asked(Views.Named named) -> Http.json(context, 202, named);
            case Answer.Started(Views.Named named) -> {
                context.response()
                        .putHeader(HttpHeaders.LOCATION, "/v1/experiments/" + named.namespace() + "/" + named.name());
                Http.json(context, 201, named);
            }
            case Answer.Refused(int status, String why) -> {
                if (status == 401) {
                    context.response().putHeader("WWW-Authenticate", "Bearer");
                }
                Http.text(context, status, why);
            }
        }
    }

    private static @Nullable String token(RoutingContext context) {
        String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return null;
        }
        Matcher bearer = BEARER.matcher(header.strip());
        return bearer.matches() ? bearer.group(1) : null;
    }

    /** A path parameter of the route. */
    private static String path(RoutingContext context, String name) {
        return Objects.requireNonNull(context.pathParam(name), name);
    }

    private static boolean brief(RoutingContext context) throws BadParameter {
        String view = context.queryParams().get("view");
        return switch (view) {
            case null -> false;
            case "full" -> false;
            case "brief" -> true;
            default -> throw new BadParameter("view is full or brief, not " + Http.shown(view));
        };
    }

    private static boolean flag(RoutingContext context, String name) throws BadParameter {
        String value = context.queryParams().get(name);
        return switch (value) {
            case null -> false;
            case "false" -> false;
            case "true" -> true;
            default -> throw new BadParameter(name + " is true or false, not " + Http.shown(value));
        };
    }

    private static long number(RoutingContext context, String name, long least, long otherwise) throws BadParameter {
        String value = context.queryParams().get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new BadParameter(name + " is a whole number from " + least + ", not " + Http.shown(value));
    }

    @Override
    public void close() {
        workers.shutdownNow();
        try {
            if (!workers.awaitTermination(ENDING_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("what was asked for over HTTP goes on after {} s; it is left behind", ENDING_SECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
