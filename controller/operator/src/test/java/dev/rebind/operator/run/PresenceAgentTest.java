package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.experiment.Specs;
import dev.rebind.operator.workload.ServerPresence;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PresenceAgentTest {
    private final FakeTarget pod = new FakeTarget("server-0");
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final ServerPresence presence = new ServerPresence() {
        @Override
        public void gone() {
            told.add("gone");
        }

        @Override
        public void bound() {
            told.add("bound");
        }
    };
    private final PresenceAgent agent = new PresenceAgent(pod.agent(), presence, true);

    private void start(int generation) {
        var plan = (Plan.Cycles) Planner.plan(Specs.experiment("{clients: {connections: 0}}"));
        GenerationSettings settings = plan.copy(0).next().generation(generation, new Place("0.0.0.0", 8080), false);
        var _ = agent.start(settings);
    }

    private void stop(int generation, StopWay way) {
        var _ = agent.stop(generation, way, Duration.ofSeconds(1));
    }

    @Test
    @DisplayName(
            "When a generation is told to stop, then the server is gone before that is answered, until the next is bound")
    void restart() {
        start(1);
        pod.stopping = () -> told.add("stopping");
        stop(1, StopWay.close);
        start(2);
        assertThat(told).containsExactly("bound", "gone", "stopping", "bound");
    }

    @Test
    @DisplayName("When a bind fails, then the server is still gone")
    void failed() {
        start(1);
        stop(1, StopWay.kill);
        pod.starts = settings -> new Start.Broken(settings.generation(), "no memory is left");
        start(2);
        assertThat(told).containsExactly("bound", "gone");
    }

    @Test
    @DisplayName("When the old generation goes after the new one has come, then the server was never gone")
    void shared() {
        start(1);
        start(2);
        stop(1, StopWay.close);
        assertThat(told).containsExactly("bound", "bound");
        stop(2, StopWay.close);
        assertThat(told).endsWith("gone");
    }

    @Test
    @DisplayName("When an order does not end the server, or there was none, then it is not gone by that")
    void goesOn() {
        stop(7, StopWay.close);
        start(1);
        var _ = new PresenceAgent(pod.agent(), presence, false).stop(1, StopWay.close, Duration.ofSeconds(1));
        assertThat(told).containsExactly("bound");
    }
}
