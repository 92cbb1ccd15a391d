package dev.rebind.live.http;

import io.vertx.ext.web.Router;
import java.util.function.BooleanSupplier;

/** The routes of probes: {@code /livez} says that the process serves, {@code /readyz} that it is ready to work. */
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
