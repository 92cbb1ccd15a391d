package dev.rebind.live.http;

import dev.rebind.live.Experiments.One;
import dev.rebind.live.MissingRecords;
import dev.rebind.live.RecordCache;
import dev.rebind.live.RecordLog;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;

/** The routes of an experiment's cycle records, as JSON lines or one at a time. */
final class RecordRoutes {
    private final RecordCache cache;
    private final BlockingHandlers blocking;

    RecordRoutes(RecordCache cache, BlockingHandlers blocking) {
        this.cache = cache;
        this.blocking = blocking;
    }

    void mount(Router router) {
        Responses.readable(router, ExperimentRoutes.ONE + "/records").handler(blocking.ofOne(this::records));
        Responses.readable(router, ExperimentRoutes.ONE + "/records/:cycle").handler(blocking.ofOne(this::record));
    }

    private void records(RoutingContext context, One one) throws IOException, BadParameterException {
        long after = Parameters.number(context, "after", 0, 0);
        long limit = Parameters.number(context, "limit", 1, Long.MAX_VALUE);
        boolean brief = Parameters.brief(context);
        HttpServerResponse response = context.response();
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/jsonl")
                .putHeader("Rebind-Uid", one.overview().uid());
        ChunkedAnswer answer = ChunkedAnswer.to(response);
        RecordLog log = one.records();
        try (RecordLog.Cursor cursor = log.open()) {
            cursor.skipTo(after);
            for (long sent = 0; sent < limit; sent++) {
                byte[] line = cursor.next();
                if (line == null) {
                    break;
                }
                answer.write(brief ? cache.brief(log, cursor, line) : line);
                answer.write('\n');
            }
        } catch (ChunkedAnswer.ReaderGone _) {
            response.reset();
            return;
        }
        answer.close();
    }

    private void record(RoutingContext context, One one) throws IOException, BadParameterException {
        String number = Parameters.path(context, "cycle");
        long cycle;
        try {
            cycle = Long.parseLong(number);
        } catch (NumberFormatException _) {
            throw new BadParameterException("the number of a cycle is 1 or more, not " + Responses.shown(number));
        }
        byte[] line = cache.line(one.records(), cycle);
        if (line == null) {
            Responses.text(
                    context,
                    404,
                    "there is no record of cycle " + cycle
                            + MissingRecords.of(one, cache.size(one.records()))
                                    .map(missing -> ". " + missing)
                                    .orElse(""));
        } else {
            Responses.bytes(context, "application/json", line);
        }
    }
}
