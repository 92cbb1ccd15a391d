package dev.rebind.live;

import dev.rebind.live.Experiments.Look;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One look for all callers within a quarter of a second, so that more readers of a page do not cost more looks. Safe
 * for several threads.
 *
 * @param <K> identifies what is looked at
 */
public final class SharedLook<K> {
    private static final long KEPT_NANOS = Duration.ofMillis(250).toNanos();

    private record Taken<K>(K what, Look look, long nanos) {}

    private @Nullable Taken<K> last;

    public synchronized Look get(K what, Supplier<Look> fresh) {
        Taken<K> taken = last;
        if (taken == null || !taken.what().equals(what) || System.nanoTime() - taken.nanos() > KEPT_NANOS) {
            taken = new Taken<>(what, fresh.get(), System.nanoTime());
            last = taken;
        }
        return taken.look();
    }
}
