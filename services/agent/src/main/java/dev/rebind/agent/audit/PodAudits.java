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
 * Runs an agent's audits and limits how often they run. They run one at a time. After each one there is a pause of at least ten seconds and
 * of at least nine times its duration, so audits take at most a tenth of one processor. A request during the pause gets the last answer.
 * Blocks while an audit is running; safe for several threads.
 */
public final class PodAudits {
    private static final Duration APART = Duration.ofSeconds(10);
    private static final int TIMES_ITS_DURATION = 9;

    private final Function<Set<String>, PodsAudit> look;
    private final LongSupplier nanoClock;
    private @Nullable Last last;

    /** @param notBeforeNanos when the next audit may begin, by the clock */
    private record Last(Set<String> pods, PodsAudit audit, long notBeforeNanos) {}

    /** @param look audits the pods with the given uids */
    PodAudits(Function<Set<String>, PodsAudit> look, LongSupplier nanoClock) {
        this.look = look;
        this.nanoClock = nanoClock;
    }

    /** Returns the audits of this node's pods. The process must see the node's process ids (hostPID). */
    public static PodAudits ofNode(Path proc) {
        return new PodAudits(new PodListeners(proc)::of, System::nanoTime);
    }

    /** @param pods uids of the pods */
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
