package dev.rebind.live.http;

import io.vertx.ext.web.Router;
import java.util.function.BooleanSupplier;

/** The routes of health probes: {@code /livez} tells that the process serves requests, {@code /readyz} that it is ready to work. */
public final class Health {
    private Health() {}

    public static void mount(Router router, BooleanSupplier ready) {
        Responses.readable(router, "/livez").handler(context -> Responses.text(context, 200, "ok"));
        Responses.readable(router, "/readyz").handler(context -> {
            boolean is = ready.getAsBoolean();
            Responses.text(context, is ? 200 : 503, is ? "ok" : "starting");
        });
    }
}
