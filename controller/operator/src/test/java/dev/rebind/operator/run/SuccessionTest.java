package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * ADR 11: a controller dies at any moment before or after it has written something, and another goes on. The moments are
 * not listed here but counted off, until an experiment outlives all of them; so none that is added later is left out.
 */
class SuccessionTest {
    private static final int PODS = 3;
    private static final int CYCLES = 2;
    private static final String SPEC = "cycles: " + CYCLES + ", concurrency: 2, selection: {mode: all}";
    private static final List<Integer> ALL =
            IntStream.rangeClosed(1, PODS * CYCLES).boxed().toList();

    @TempDir
    Path folder;

    private RunFixture fixture(int moment, String name) {
        return new RunFixture(folder.resolve(name + moment), PODS, SPEC);
    }

    /** @return whether the controller died */
    private static boolean dies(RunFixture run, String controller, int moment) throws Exception {
        var mortality = new Mortality(moment);
        try {
            run.run(controller, mortality);
        } catch (Mortality.Death e) {
            assertThat(mortality.dead()).isTrue();
        }
        return mortality.dead();
    }

    private static void whole(RunFixture run, int moment) throws Exception {
        assertThat(run.status().phase()).as("moment %d", moment).isEqualTo(Phase.Completed);
        assertThat(run.status().cycles().done())
                .as("counted, moment %d", moment)
                .isEqualTo(ALL.size());
        assertThat(run.records.uncounted(RunFixture.KEY, CountedCycles.NONE))
                .extracting(CycleRecord::cycle)
                .as("stored, moment %d", moment)
                .containsExactlyInAnyOrderElementsOf(ALL);
        assertThat(run.status().records())
                .extracting(CycleRecord::cycle)
                .as("in the status, moment %d", moment)
                .containsExactlyInAnyOrderElementsOf(ALL);
        int before = 0;
        for (ExperimentStatus written : run.api.written()) {
            assertThat(written.cycles().done()).as("moment %d", moment).isBetween(before, before + 1);
            before = written.cycles().done();
        }
    }

    @Test
    @DisplayName(
            "When a controller dies at any moment and another goes on, then no cycle is lost, and none is counted twice")
    void once() throws Exception {
        int moment = 0;
        RunFixture run = fixture(moment, "once");
        while (dies(run, "one", moment)) {
            run.run("another");
            whole(run, moment);
            run = fixture(++moment, "once");
        }
        whole(run, moment);
        assertThat(moment)
                .as("a claim, Running, all cycles, Restoring, the end; before and after each")
                .isEqualTo(2 * (4 + ALL.size()));
    }

    @Test
    @DisplayName(
            "When one controller after the other dies a little later than the one before, then it is whole all the same")
    void again() throws Exception {
        RunFixture run = fixture(0, "again");
        int controllers = 0;
        while (run.status().phase() != Phase.Completed && dies(run, "controller-" + controllers, 3 + controllers % 5)) {
            controllers++;
        }
        assertThat(controllers).isGreaterThan(2);
        whole(run, controllers);
    }

    @Test
    @DisplayName("When a controller dies while it writes a record, then that cycle is run again")
    void torn() throws Exception {
        int moment = 0;
        RunFixture run = fixture(moment, "torn");
        int torn = 0;
        while (dies(run, "one", moment)) {
            if (tear(run)) {
                torn++;
            }
            run.run("another");
            whole(run, moment);
            run = fixture(++moment, "torn");
        }
        assertThat(torn).isEqualTo(ALL.size());
    }

    /** Cuts the last line where its record is not counted: as if it had not been written whole. */
    private static boolean tear(RunFixture run) throws Exception {
        Path file = run.records.file(RunFixture.KEY);
        int stored = run.records.uncounted(RunFixture.KEY, CountedCycles.NONE).size();
        if (stored == run.status().cycles().done()) {
            return false;
        }
        assertThat(stored).isEqualTo(run.status().cycles().done() + 1);
        try (var lines = new RandomAccessFile(file.toFile(), "rw")) {
            lines.setLength(Files.size(file) - 10);
        }
        return true;
    }

    @Test
    @DisplayName("When a controller with an empty store goes on, then the status alone tells which cycles are left")
    void emptyStore() throws Exception {
        int moment = 0;
        RunFixture run = fixture(moment, "empty");
        while (dies(run, "one", moment)) {
            Files.deleteIfExists(run.records.file(RunFixture.KEY));
            run.run("another");
            assertThat(run.status().phase()).isEqualTo(Phase.Completed);
            assertThat(run.status().records()).extracting(CycleRecord::cycle).containsExactlyInAnyOrderElementsOf(ALL);
            run = fixture(++moment, "empty");
        }
    }

    @Test
    @DisplayName("When a pod was lost in a round and the controller dies at any moment, then its cycle is run once")
    void lost() throws Exception {
        int moment = 0;
        RunFixture run = withLostPod(moment);
        while (dies(run, "one", moment)) {
            run.run("another");
            whole(run, moment);
            run = withLostPod(++moment);
        }
        whole(run, moment);
    }

    private RunFixture withLostPod(int moment) {
        RunFixture run = fixture(moment, "lost");
        FakeTarget pod = run.pods.getFirst();
        pod.stopping = () -> {
            pod.lost = "its agent was taken by another";
            pod.stopping = () -> {};
        };
        return run;
    }

    @Test
    @DisplayName(
            "When a controller dies at any moment of an experiment that changes a toggle, then its key has its former value at the end")
    void toggle() throws Exception {
        int moment = 0;
        RunFixture run = withToggle(moment);
        while (dies(run, "one", moment)) {
            assertThat("changed".equals(run.settings.get("reuse"))
                            && (run.status().toggled() == null
                                    || run.journal.entries().isEmpty()))
                    .as("changed and not kept, moment %d", moment)
                    .isFalse();
            run.run("another");
            recover(run);
            whole(run, moment);
            assertThat(run.settings).containsEntry("reuse", "its own");
            assertThat(run.status().toggled()).isNull();
            assertThat(run.journal.entries()).isEmpty();
            run = withToggle(++moment);
        }
    }

    @Test
    @DisplayName(
            "When the experiment is deleted after its controller died at any moment, then its key has its former value all the same")
    void deletedWithoutController() throws Exception {
        int moment = 0;
        RunFixture run = withToggle(moment);
        while (dies(run, "one", moment)) {
            run.api.delete();
            recover(run);
            assertThat(run.settings).as("moment %d", moment).containsEntry("reuse", "its own");
            assertThat(run.journal.entries()).as("moment %d", moment).isEmpty();
            run = withToggle(++moment);
        }
        assertThat(moment).isGreaterThan(2 * (4 + ALL.size()));
    }

    /** What the controller that works does now and then. */
    private static void recover(RunFixture run) {
        new ToggleRecovery(
                        run.journal,
                        new ToggleRecovery.Maps() {
                            @Override
                            public String uid(String namespace, String configMap) {
                                return "uid-map";
                            }

                            @Override
                            public void set(String namespace, String configMap, String key, @Nullable String value) {
                                if (value == null) {
                                    run.settings.remove(key);
                                } else {
                                    run.settings.put(key, value);
                                }
                            }
                        },
                        run.api,
                        _ -> false)
                .sweep();
    }

    private RunFixture withToggle(int moment) {
        RunFixture run = new RunFixture(folder.resolve("toggle" + moment), PODS, SPEC.replace("concurrency: 2, ", ""));
        run.withToggle("its own");
        return run;
    }
}
