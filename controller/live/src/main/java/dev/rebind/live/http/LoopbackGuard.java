package dev.rebind.live.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests from pages of other sites in the user's browser. A page whose host name resolves to 127.0.0.1 (DNS rebinding) still
 * sends that name as the host, and a page that posts here sends its own origin.
 */
public final class LoopbackGuard implements Handler<RoutingContext> {
    private static final Set<String> NAMES = Set.of("127.0.0.1", "localhost", "[::1]", "::1");

    @Override
    public void handle(RoutingContext context) {
        int port = context.request().localAddress().port();
        HostAndPort authority = context.request().authority();
        if (!isHere(authority, port)) {
            Responses.text(
                    context, 421, "this serves 127.0.0.1:" + port + " and localhost:" + port + " and no other name");
            return;
        }
        String origin = context.request().getHeader("Origin");
        if (!context.request().method().equals(HttpMethod.GET) && origin != null && !isHere(origin, port)) {
            Responses.text(
                    context,
                    403,
                    "a request that changes something must come from this page, not from " + Responses.shown(origin));
            return;
        }
        context.next();
    }

    private static boolean isHere(@Nullable HostAndPort authority, int port) {
        return authority != null && NAMES.contains(authority.host()) && authority.port() == port;
    }

    private static boolean isHere(String origin, int port) {
        return NAMES.stream().anyMatch(name -> origin.equals("http://" + name + ":" + port));
    }
}
