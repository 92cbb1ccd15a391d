package dev.rebind.agent.audit;

import dev.rebind.diagnosis.PodsAudit;
import dev.rebind.diagnosis.PodsAudit.Untold;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The audits of an agent, however often they are asked for: one at a time, ten seconds apart at least, and apart by nine times as
 * long as the last one took, so that they take a tenth of one processor at most. Who asks sooner gets the last answer. Blocks while an
 * audit goes on; safe for several threads.
 */
public final class PodAudits {
    private static final Duration APART = Duration.ofSeconds(10);
    private static final int TIMES_ITS_DURATION = 9;

    private final Function<Set<String>, PodsAudit> look;
    private final LongSupplier nanoClock;
    private @Nullable Last last;

    /** @param notBeforeNanos of the clock: when the next one may begin */
    private record Last(Set<String> pods, PodsAudit audit, long notBeforeNanos) {}

    /** @param look audits the pods of these uids */
    PodAudits(Function<Set<String>, PodsAudit> look, LongSupplier nanoClock) {
        this.look = look;
        this.nanoClock = nanoClock;
    }

    /** Of the pods of this node, for whoever sees the node's process ids (hostPID). */
    public static PodAudits ofNode(Path proc) {
        return new PodAudits(new PodListeners(proc)::of, System::nanoTime);
    }

    /** @param pods their uids */
    public synchronized PodsAudit of(Set<String> pods) {
        Last known = last;
        long began = nanoClock.getAsLong();
        if (known == null || began - known.notBeforeNanos() >= 0) {
            PodsAudit audit = look.apply(pods);
            long ended = nanoClock.getAsLong();
            long pause = Math.max(APART.toNanos(), TIMES_ITS_DURATION * (ended - began));
            last = new Last(Set.copyOf(pods), audit, ended + pause);
            return audit;
        }
        return part(known, pods);
    }

    private static PodsAudit part(Last known, Set<String> pods) {
        var unknown = new LinkedHashSet<>(pods);
        unknown.removeAll(known.pods());
        List<Untold> untold = Stream.concat(
                        known.audit().untold().stream().filter(one -> pods.contains(one.uid())),
                        unknown.stream().map(uid -> new Untold(uid, "the last audit was before it was asked about")))
                .toList();
        return new PodsAudit(
                known.audit().at(),
                known.audit().listeners().stream()
                        .filter(found -> pods.contains(found.pod().uid()))
                        .toList(),
                untold,
                known.audit().leftOut());
    }
}
