package dev.rebind.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.clients.Behaviour;
import dev.rebind.experiment.file.RandomDocuments;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.experiment.rules.Rules;
import dev.rebind.experiment.server.Handler;
import dev.rebind.experiment.server.Service;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PlanPropertiesTest {
    @Property(tries = 600, maxDiscardRatio = 50)
    void whatTheRulesLetThroughCanBePlanned(@ForAll("documents") ObjectNode document) throws JsonProcessingException {
        Experiment experiment = new ObjectMapper().treeToValue(document, Experiment.class);
        Assume.that(Rules.check(experiment.spec()).isEmpty());
        switch (Planner.plan(experiment)) {
            case Plan.Cells cells -> {
                assertThat(cells.cells()).isNotEmpty();
                for (int i = 0; i < cells.cells().size(); i++) {
                    assertThat(cells.cells().get(i).number()).isEqualTo(i + 1);
                }
            }
            case Plan.Cycles cycles -> {
                var numbers = new HashSet<Integer>();
                for (int copy = 0; copy < cycles.parallel(); copy++) {
                    copy(cycles, copy, numbers);
                }
            }
        }
    }

    private static void copy(Plan.Cycles plan, int copy, Set<Integer> numbers) {
        Iterator<PlannedCycle> cycles = plan.copy(copy);
        assertThat(cycles).hasNext();
        PlannedCycle before = null;
        for (int i = 0; i < 20 && cycles.hasNext(); i++) {
            PlannedCycle cycle = cycles.next();
            assertThat(numbers.add(cycle.number())).isTrue();
            assertThat(plan.places() == Places.own).isEqualTo(cycle.onFailure() == OnFailure.move);
            if (plan.places() == Places.shared && before != null) {
                assertThat(cycle.oldReuse()).isEqualTo(before.newReuse());
            }
            sensible(cycle);
            before = cycle;
        }
    }

    /** What a runner may take for granted. */
    private static void sensible(PlannedCycle cycle) {
        boolean clients = cycle.clients().connections() > 0;
        Behaviour behaviour = cycle.clients().behaviour();
        boolean nobodyLeaves = cycle.close() == Close.none;
        assertThat(cycle.mode() == Mode.listener
                        && (cycle.close() == Close.kill || cycle.server().handler() == Handler.process))
                .isFalse();
        switch (cycle.close()) {
            case client -> assertThat(behaviour).isIn(Behaviour.close_first, Behaviour.reset);
            case stall -> assertThat(behaviour).isEqualTo(Behaviour.stall);
            case keep -> assertThat(cycle.server().handler()).isEqualTo(Handler.process);
            case server, none -> assertThat(behaviour).isIn(Behaviour.echo, Behaviour.read);
            case reset, kill -> assertThat(behaviour).isIn(Behaviour.echo, Behaviour.read, Behaviour.stall);
        }
        switch (cycle.close()) {
            case client, stall, keep, reset -> assertThat(clients).isTrue();
            case server, kill, none -> {}
        }
        if (behaviour == Behaviour.read) {
            assertThat(cycle.server().service()).isEqualTo(Service.stream);
        }
        if (behaviour == Behaviour.echo) {
            assertThat(cycle.server().service()).isEqualTo(Service.echo);
        }
        if (nobodyLeaves) {
            // A command has one port: its new run is given up, where Rebind's own server moves to another port.
            assertThat(cycle.onFailure() == OnFailure.move).isEqualTo(cycle.command() == null);
        }
        assertThat(cycle.obstacle() != null && cycle.onFailure() != OnFailure.move)
                .isFalse();
        assertThat(cycle.gracePeriod()).isPositive();
        assertThat(cycle.retry().interval()).isPositive();
        assertThat(cycle.expect().outcome() == null).isEqualTo(cycle.expect().retriesDecide());
    }

    @Provide
    Arbitrary<ObjectNode> documents() {
        return Arbitraries.randomValue(random -> new RandomDocuments(random).document());
    }
}
