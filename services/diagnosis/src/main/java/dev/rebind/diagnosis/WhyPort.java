package dev.rebind.diagnosis;

import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.look.Observer;
import dev.rebind.sockets.release.ReleasePredictor;
import java.util.List;

/**
 * Why a port can or cannot be bound, now, in the network namespace of the calling thread. Blocks for milliseconds; safe for
 * several threads.
 */
public final class WhyPort {
    private final Observer observer;

    public WhyPort() {
        this(new ReleasePredictor());
    }

    /** @param predictor one that is kept over several looks learns the grid of the kernel's timers */
    public WhyPort(ReleasePredictor predictor) {
        this.observer = new Observer(predictor);
    }

    public Diagnosis diagnose(Question question, Observer.Manner manner) {
        return Decision.of(observer.look(question, manner));
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
