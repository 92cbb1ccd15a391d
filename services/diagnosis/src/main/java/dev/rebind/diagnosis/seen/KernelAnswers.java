package dev.rebind.diagnosis.seen;

import java.util.List;

/**
 * What the kernel has answered to binds.
 *
 * @param attempts every bind that was asked for, or has failed; those of the rule are not in here
 * @param changing whether sockets came and went on the port while it was looked at, more often than in one restart, so that an answer is
 *     that of one moment
 * @param sharing the answers to binds with SO_REUSEPORT alone, by the user who asks; empty where they were not asked for
 * @param meanwhile where sockets came and went: who was seen to listen, one after the other
 */
public record KernelAnswers(
        List<Attempt> attempts, boolean changing, List<Attempt> sharing, List<TransientListener> meanwhile) {
    /** Nothing was asked. */
    public static final KernelAnswers NONE = of(List.of());

    public KernelAnswers {
        attempts = List.copyOf(attempts);
        sharing = List.copyOf(sharing);
        meanwhile = List.copyOf(meanwhile);
    }

    public KernelAnswers(List<Attempt> attempts, boolean changing, List<Attempt> sharing) {
        this(attempts, changing, sharing, List.of());
    }

    /** On a port that stands still. */
    public static KernelAnswers of(List<Attempt> attempts) {
        return new KernelAnswers(attempts, false, List.of());
    }

    /** The same where sockets have come and gone meanwhile. */
    public KernelAnswers whileChanging(List<TransientListener> listened) {
        return new KernelAnswers(attempts, true, List.of(), listened);
    }
}
