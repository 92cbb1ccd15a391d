package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Suspects.Suspect;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.bind.Standing;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.release.ReleasePredictor;
import java.util.List;

/** Explains a failed bind where every socket on the port is the lab's own, with options that are known. */
public final class KnownSockets {
    private final Explainer explainer;

    public KnownSockets(ReleasePredictor predictor) {
        this.explainer = new Explainer(predictor, new Namespace()::ephemeral);
    }

    /**
     * @param view what was on the port right after the failure
     * @param standing the same sockets with their options
     * @param generation whose they are
     */
    public Explanation explain(
            Start.Failed failed, Candidate candidate, PortView view, List<Standing> standing, int generation) {
        List<Suspect> suspects = standing.stream()
                .map(one -> new Suspect(
                        one,
                        one.socket().state() == TcpState.LISTEN ? Cause.listener_old : Suspects.byState(one.socket()),
                        view.owners().get(one.socket().inode()),
                        generation,
                        one.socket().state() == TcpState.CLOSED
                                ? "The old socket is bound and does not listen, which is no cause that has a name."
                                : null))
                .toList();
        return explainer.explain(failed, candidate, view, suspects);
    }
}
