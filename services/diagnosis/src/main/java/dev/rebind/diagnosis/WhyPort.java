package dev.rebind.diagnosis;

import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.decide.Restarts;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.release.ReleasePredictor;
import java.time.Instant;
import java.util.List;

/**
 * Why a port can or cannot be bound, now, in the network namespace of the calling thread. Blocks for milliseconds; safe for
 * several threads.
 */
public final class WhyPort {
    private final PortObserver observer;

    public WhyPort() {
        this(new ReleasePredictor());
    }

    /** @param predictor one that is kept over several looks learns the grid of the kernel's timers */
    public WhyPort(ReleasePredictor predictor) {
        this.observer = new PortObserver(predictor);
    }

    /** @param settings those of the network namespace that is looked at */
    public WhyPort(Namespace settings) {
        this.observer = new PortObserver(new ReleasePredictor(settings), settings);
    }

    public Diagnosis diagnose(Question question, PortObserver.Manner manner) {
        return Decision.of(observer.look(question, manner));
    }

    /**
     * Every listener of the network namespace, and what a restart of its server would meet; the lowest port first. Nothing is
     * bound, and no process notices anything. Ports that are not looked at, as the sockets cannot be read, are {@link Audit.Unread}.
     */
    public Audit audit() {
        List<Observation> seen = observer.listening();
        if (seen.size() == 1 && seen.getFirst().around() instanceof Reading.Unreadable unreadable) {
            return new Audit.Unread(unreadable.what() + ": " + unreadable.why());
        }
        return new Audit.Read(
                Instant.now(),
                seen.stream().flatMap(one -> Restarts.of(one).stream()).toList());
    }

    /**
     * Every port of the network namespace on which a bind of every address fails, or would fail after a restart of its server.
     * The answers are those of the rule: nothing is bound. Ports that the kernel has given to connections that go out are
     * left out.
     */
    public List<Diagnosis> all() {
        return observer.all().stream()
                .map(Decision::of)
                .filter(diagnosis -> diagnosis.verdict() != Diagnosis.Verdict.FREE)
                .toList();
    }
}
