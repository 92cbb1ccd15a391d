package dev.rebind.live.http;

import dev.rebind.live.Experiments;
import dev.rebind.live.RecordCache;
import dev.rebind.live.events.EventFeed;
import dev.rebind.live.events.EventStream;
import dev.rebind.live.events.EventStream.ReaderGone;
import dev.rebind.live.events.ReaderPlaces;
import dev.rebind.sockets.diag.SocketLookup;
import dev.rebind.sockets.posix.PosixException;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes of server-sent events, for all experiments and for one. */
final class EventRoutes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventRoutes.class);

    private static final int MOST_READERS = 128;
    private static final Pattern EVENT_ID = Pattern.compile("(.+):([0-9]{1,18})");

    private final Experiments experiments;
    private final RecordCache cache;
    private final BlockingHandlers blocking;
    private final ReaderPlaces readers = new ReaderPlaces(MOST_READERS);
    private final @Nullable SocketLookup lookup = lookup();

    EventRoutes(Experiments experiments, RecordCache cache, BlockingHandlers blocking) {
        this.experiments = experiments;
        this.cache = cache;
        this.blocking = blocking;
    }

    private static @Nullable SocketLookup lookup() {
        try {
            return new SocketLookup();
        } catch (PosixException e) {
            LOG.debug("the kernel cannot be asked whether readers read", e);
            return null;
        }
    }

    void mount(Router router) {
        Responses.readable(router, "/v1/events").handler(blocking.of(this::all));
        Responses.readable(router, ExperimentRoutes.ONE + "/events")
                .handler(blocking.ofOne((context, _) -> one(context)));
    }

    private void all(RoutingContext context) throws InterruptedException {
        stream(context, out -> new EventFeed(experiments, out, cache).all());
    }

    private void one(RoutingContext context) throws BadParameterException, InterruptedException {
        boolean brief = Parameters.brief(context);
        EventFeed.Position position = position(context);
        stream(
                context,
                out -> new EventFeed(experiments, out, cache)
                        .one(Parameters.path(context, "namespace"), Parameters.path(context, "name"), position, brief));
    }

    private static EventFeed.Position position(RoutingContext context) throws BadParameterException {
        long after = Parameters.number(context, "after", 0, 0);
        String last = context.request().getHeader("Last-Event-ID");
        if (last == null || last.isEmpty()) {
            return new EventFeed.Position(null, after);
        }
        Matcher id = EVENT_ID.matcher(last);
        if (!id.matches()) {
            throw new BadParameterException(
                    "Last-Event-ID is the id of a record event, UID:POSITION, not " + Responses.shown(last));
        }
        return new EventFeed.Position(id.group(1), Long.parseLong(id.group(2)));
    }

    private interface Events {
        void sendTo(EventStream out) throws ReaderGone, InterruptedException, IOException;
    }

    private void stream(RoutingContext context, Events events) throws InterruptedException {
        try (ReaderPlaces.Place _ =
                        readers.take(context.request().remoteAddress().hostAddress());
                EventStream out = EventStream.open(context.request(), lookup)) {
            if (!context.request().method().equals(HttpMethod.HEAD)) {
                events.sendTo(out);
            }
        } catch (ReaderGone _) {
            context.response().reset();
        } catch (IOException e) {
            LOG.error("{}: the records cannot be read", context.request().path(), e);
        }
    }

    /** Closes the netlink socket. Call it when no reader is left. */
    @Override
    public void close() {
        if (lookup != null) {
            lookup.close();
        }
    }
}
