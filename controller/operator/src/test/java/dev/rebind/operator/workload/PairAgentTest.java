package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.release.Release;
import dev.rebind.sockets.release.ReleasePredictor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PairAgentTest {
    private static final Agent.Place PLACE = new Agent.Place("0.0.0.0", 8080);
    private static final Agent.Place SERVICE = new Agent.Place("10.1.0.7", 80);
    private static final long ID = 7;

    private final End server = new End("the server's namespace");
    private final End clients = new End("the clients' namespace");
    private final PairAgent agent = new PairAgent(server, clients, () -> SERVICE);

    /** The agent of one end: what it sees names it. It remembers what it was asked for. */
    private record End(String namespace, List<Object> asked) implements Agent {
        End(String namespace) {
            this(namespace, new ArrayList<>());
        }

        PortView view() {
            var reading = new Reading.Unreadable(namespace, "made up");
            return new PortView(reading, reading, reading, Map.of());
        }

        @Override
        public Start start(GenerationSettings settings) {
            return new Start.Broken(settings.generation(), namespace);
        }

        @Override
        public Stop stop(int generation, StopWay way, Duration gracePeriod) {
            return new Stop.Broken(namespace);
        }

        @Override
        public PortView look(Place place) {
            asked.add(place);
            return view();
        }

        @Override
        public PortForecast forecast(Place place) {
            return PortForecast.of(look(place), ReleasePredictor.elsewhere());
        }

        @Override
        public ExplainedFailure explain(Start.Failed failed) {
            asked.add(failed);
            return new ExplainedFailure(
                    failed, Explanation.unknown(new Release.Unbounded("made up"), namespace), view(), ID);
        }

        @Override
        public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
            asked.add(failure);
        }

        @Override
        public Clearing clear(Place place) {
            return new Clearing.Refused(namespace);
        }

        @Override
        public void close() {}
    }

    @Test
    @DisplayName(
            "When a bind has failed, then each agent looks once: what the server's has explained is what is recorded")
    void oneLook() {
        Agent.Start.Failed failed = ObservedReleaseTest.failed(PLACE);
        ExplainedFailure failure = agent.explain(failed);

        assertThat(server.asked()).containsExactly(failed);
        assertThat(clients.asked()).containsExactly(SERVICE);
        assertThat(failure.explanation().doubts()).containsExactly("the server's namespace");
        assertThat(failure.view())
                .isEqualTo(new PortView(
                        server.view().local(),
                        clients.view().remote(),
                        server.view().listeners(),
                        Map.of()));
    }

    @Test
    @DisplayName("When the port is free, then the server's agent is told so under the number that it knows")
    void released() {
        ExplainedFailure failure = agent.explain(ObservedReleaseTest.failed(PLACE));
        agent.released(failure, 1, Duration.ofMillis(3));

        assertThat(failure.id()).isEqualTo(ID);
        assertThat(server.asked()).last().isEqualTo(failure);
        assertThat(clients.asked()).doesNotContain(failure);
    }
}
