package dev.rebind.live.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of a request from its path, query and headers. */
final class Parameters {
    private static final Pattern BEARER = Pattern.compile("(?i)bearer +([A-Za-z0-9._~+/-]+=*)");

    private Parameters() {}

    /** Returns a parameter of the route's path. */
    static String path(RoutingContext context, String name) {
        return Objects.requireNonNull(context.pathParam(name), name);
    }

    /** Whether the caller wants brief records. */
    static boolean brief(RoutingContext context) throws BadParameterException {
        String view = context.queryParams().get("view");
        return switch (view) {
            case null -> false;
            case "full" -> false;
            case "brief" -> true;
            default -> throw new BadParameterException("view is full or brief, not " + Responses.shown(view));
        };
    }

    static boolean flag(RoutingContext context, String name) throws BadParameterException {
        String value = context.queryParams().get(name);
        return switch (value) {
            case null -> false;
            case "false" -> false;
            case "true" -> true;
            default -> throw new BadParameterException(name + " is true or false, not " + Responses.shown(value));
        };
    }

    static long number(RoutingContext context, String name, long least, long otherwise) throws BadParameterException {
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
            // The exception below tells the caller.
        }
        throw new BadParameterException(name + " is a whole number from " + least + ", not " + Responses.shown(value));
    }

    /** The caller's token; null if there is none. */
    static @Nullable String token(RoutingContext context) {
        String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return null;
        }
        Matcher bearer = BEARER.matcher(header.strip());
        return bearer.matches() ? bearer.group(1) : null;
    }
}
