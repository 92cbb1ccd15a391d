package dev.rebind.live;

import dev.rebind.live.Experiments.Look;
import dev.rebind.live.Experiments.Why;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Looks at a port whose results all callers share. A look at the sockets serves all callers for a quarter of a second, and a diagnosis for
 * a second.
 *
 * @param <K> identifies what is looked at
 */
public final class SharedLooks<K> {
    private final SharedAnswer<K, Look> sockets = new SharedAnswer<>(Duration.ofMillis(250));
    private final SharedAnswer<K, Why> diagnoses = new SharedAnswer<>(Duration.ofSeconds(1));

    public Look sockets(K what, Supplier<Look> fresh) {
        return sockets.get(what, fresh);
    }

    public Why why(K what, Supplier<Why> fresh) {
        return diagnoses.get(what, fresh);
    }
}
