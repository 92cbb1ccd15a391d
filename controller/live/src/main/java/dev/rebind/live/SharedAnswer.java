package dev.rebind.live;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives the same answer to all callers within a short time, so that more readers of a page do not cause more looks. Safe for several
 * threads: one thread looks while the others wait.
 *
 * @param <K> identifies what is looked at
 * @param <V> the answer
 */
final class SharedAnswer<K, V> {
    private final long keptNanos;

    private record Taken<K, V>(K what, V answer, long nanos) {}

    private @Nullable Taken<K, V> last;

    /** @param kept how long an answer is reused */
    SharedAnswer(Duration kept) {
        keptNanos = kept.toNanos();
    }

    synchronized V get(K what, Supplier<V> fresh) {
        Taken<K, V> taken = last;
        if (taken == null || !taken.what().equals(what) || System.nanoTime() - taken.nanos() > keptNanos) {
            taken = new Taken<>(what, fresh.get(), System.nanoTime());
            last = taken;
        }
        return taken.answer();
    }
}
