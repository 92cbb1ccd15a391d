package dev.rebind.live.http;

import dev.rebind.live.Experiments.One;
import dev.rebind.live.Reports;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The reports of an experiment, made from the records that it has. */
final class ReportRoutes {
    /** A report has its own policy. In a sandbox it has no access to the page's storage or rights. */
    private static final String SANDBOX = "sandbox allow-scripts; frame-ancestors 'none'";

    private final BlockingHandlers blocking;

    ReportRoutes(BlockingHandlers blocking) {
        this.blocking = blocking;
    }

    void mount(Router router) {
        Responses.readable(router, ExperimentRoutes.ONE + "/report.html").handler(blocking.ofOne(ReportRoutes::page));
        Responses.readable(router, ExperimentRoutes.ONE + "/summary.md").handler(blocking.ofOne(ReportRoutes::summary));
    }

    private static void page(RoutingContext context, One one) throws IOException, BadParameterException {
        document(context, one, Reports.page(one), "text/html; charset=utf-8", "html");
    }

    private static void summary(RoutingContext context, One one) throws IOException, BadParameterException {
        document(context, one, Reports.markdown(one), "text/markdown; charset=utf-8", "md");
    }

    private static void document(RoutingContext context, One one, Reports.Made made, String type, String ending)
            throws BadParameterException {
        boolean download = Parameters.flag(context, "download");
        switch (made) {
            case Reports.Made.Nothing(String why, boolean lost) -> Responses.text(context, lost ? 410 : 409, why);
            case Reports.Made.Document(String text) -> send(context, one, text, type, ending, download);
        }
    }

    private static void send(
            RoutingContext context, One one, String document, String type, String ending, boolean download) {
        context.response().putHeader("Content-Security-Policy", SANDBOX);
        if (download) {
            // A name is an RFC 1123 label, so nothing in it needs quotes.
            context.response()
                    .putHeader(
                            "Content-Disposition",
                            "attachment; filename=\"rebind-" + one.overview().name() + "." + ending + "\"");
        }
        Responses.bytes(context, type, document.getBytes(StandardCharsets.UTF_8));
    }
}
