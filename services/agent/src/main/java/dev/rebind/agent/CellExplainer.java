package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.diagnosis.seen.Facts.Fact;
import dev.rebind.diagnosis.seen.Facts.Server;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.bind.ExistingSocket;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.release.ReleasePredictor;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Explains a failed bind where the lab made every socket on the port and knows the options of each. */
public final class CellExplainer {
    private final PortObserver observer;
    private final Explainer explainer = new Explainer(ZoneId.systemDefault());

    public CellExplainer(ReleasePredictor predictor) {
        this.observer = new PortObserver(predictor);
    }

    /**
     * @param view what was on the port right after the failure
     * @param standing the sockets of the view, with their options
     * @param generation the generation to which these sockets belong
     */
    public Explanation explain(
            Start.Failed failed, Candidate candidate, PortView view, List<ExistingSocket> standing, int generation) {
        Question asked = Question.at(failed.settings().place().port(), candidate.address())
                .with(candidate.reuseAddress(), candidate.reusePort());
        Question question = candidate.v6Only() ? asked.withoutIPv4() : asked;
        Map<TcpSocket, Fact> facts = new HashMap<>();
        for (ExistingSocket one : standing) {
            Optional<Boolean> reuse =
                    one.reuseAddress() == Flag.UNKNOWN ? Optional.empty() : Optional.of(one.reuseAddress() == Flag.ON);
            facts.put(
                    one.socket(),
                    new Fact(
                            Optional.of(new Server(OptionalInt.of(generation), true, reuse)),
                            one.reuseAddress(),
                            one.reusePort(),
                            one.v6Only()));
        }
        Reading around = PortView.part(view.local(), facts::containsKey);
        Observation seen = observer.of(
                question,
                around,
                Explainer.errno(failed),
                new PortObserver.Manner(false, false, false),
                new SeenHolders.Seen(Map.of(), 0, false));
        var connections = new HashSet<>(facts.keySet());
        connections.removeIf(socket -> socket.peer().isEmpty());
        return explainer.explain(failed, seen.with(new Facts(facts), connections));
    }
}
