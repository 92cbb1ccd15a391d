package dev.rebind.live.http;

import dev.rebind.live.Experiments.One;
import dev.rebind.live.Reports;
import dev.rebind.live.Reports.Made;
import dev.rebind.record.RecordingException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The routes of an experiment's reports, made from the records that exist now. */
final class ReportRoutes {
    /** The content security policy of a report. In the sandbox, a report cannot use the page's storage or rights. */
    private static final String SANDBOX = "sandbox allow-scripts; frame-ancestors 'none'";

    /**
     * The number of reports that are made or sent at a time. Each has up to 5,000 records in memory, and the controller has half of 256 MiB
     * for everything.
     */
    private static final int AT_ONCE = 2;

    /** How long a request waits until it may make its report. This is longer than a reader that does not read can occupy a place. */
    private static final Duration TURN = Duration.ofSeconds(20);

    /** The longest time to send one report. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final BlockingHandlers blocking;
    private final Semaphore places = new Semaphore(AT_ONCE, true);

    ReportRoutes(BlockingHandlers blocking) {
        this.blocking = blocking;
    }

    void mount(Router router) {
        Responses.readable(router, ExperimentRoutes.ONE + "/report.html").handler(blocking.ofOne(this::page));
        Responses.readable(router, ExperimentRoutes.ONE + "/summary.md").handler(blocking.ofOne(this::summary));
    }

    private interface Maker {
        Made report(One one) throws RecordingException;
    }

    private void page(RoutingContext context, One one) throws IOException, InterruptedException, BadParameterException {
        document(context, one, Reports::page, "text/html; charset=utf-8", "html");
    }

    private void summary(RoutingContext context, One one)
            throws IOException, InterruptedException, BadParameterException {
        document(context, one, Reports::markdown, "text/markdown; charset=utf-8", "md");
    }

    private void document(RoutingContext context, One one, Maker maker, String type, String ending)
            throws IOException, InterruptedException, BadParameterException {
        boolean download = Parameters.flag(context, "download");
        if (!places.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
            context.response().putHeader("Retry-After", String.valueOf(TURN.toSeconds()));
            Responses.text(context, 503, AT_ONCE + " reports are being made or read; try again");
            return;
        }
        try {
            switch (maker.report(one)) {
                case Made.Nothing(String why, boolean lost) -> Responses.text(context, lost ? 410 : 409, why);
                case Made.Document document -> {
                    head(context, one, type, ending, download);
                    send(context, document);
                }
            }
        } finally {
            places.release();
        }
    }

    private static void head(RoutingContext context, One one, String type, String ending, boolean download) {
        context.response().putHeader(HttpHeaders.CONTENT_TYPE, type).putHeader("Content-Security-Policy", SANDBOX);
        if (download) {
            // A name is an RFC 1123 label, so nothing in it needs quotes.
            context.response()
                    .putHeader(
                            "Content-Disposition",
                            "attachment; filename=\"rebind-" + one.overview().name() + "." + ending + "\"");
        }
    }

    private static void send(RoutingContext context, Made.Document report) throws IOException {
        ChunkedAnswer answer = ChunkedAnswer.within(LONGEST, context.response());
        if (!context.request().method().equals(HttpMethod.HEAD)) {
            try {
                var out = new OutputStreamWriter(answer, StandardCharsets.UTF_8);
                report.write(out);
                out.flush();
            } catch (ChunkedAnswer.ReaderGone _) {
                context.response().reset();
                return;
            }
        }
        answer.close();
    }
}
