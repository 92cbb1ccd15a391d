package dev.rebind.live.http;

import io.vertx.ext.web.Router;
import java.util.function.BooleanSupplier;

/** Probes: whether the process serves, and whether it works. */
public final class Health {
    private Health() {}

    public static void mount(Router router, BooleanSupplier ready) {
        Http.readable(router, "/livez").handler(context -> Http.text(context, 200, "ok"));
        Http.readable(router, "/readyz").handler(context -> {
            boolean is = ready.getAsBoolean();
            Http.text(context, is ? 200 : 503, is ? "ok" : "starting");
        });
    }
}
