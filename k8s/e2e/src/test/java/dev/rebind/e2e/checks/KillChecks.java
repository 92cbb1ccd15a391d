package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.slow;
import static dev.rebind.e2e.cluster.Experiments.cycles;
import static dev.rebind.e2e.junit.Claims.bound;
import static dev.rebind.e2e.junit.Claims.numbers;
import static dev.rebind.e2e.junit.Claims.upTo;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.ContainerKill;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Watched;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.record.CycleRecord;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The controller is killed again and again during a run. */
final class KillChecks {
    private static final int CYCLES = 50;
    /** A kill takes effect over some cycles: the last of them is so many before the end. */
    private static final int LAST_BEFORE_END = 5;

    private static final Duration OFTEN = Duration.ofMillis(300);

    @RegisterExtension
    static final Lane LANE = Lane.named("kill");

    @Check("faults/controller-killed")
    void kills(Release release, Experiments experiments, Claims claims) {
        int wanted = release.settings().kills();
        var watched = new Watched();
        var deaths = new Deaths();
        experiments.start("killed", slow(CYCLES, 800));
        for (int number = 0; number < wanted; number++) {
            int at = number * (CYCLES - LAST_BEFORE_END) / wanted + 1;
            ExperimentStatus status = experiments.await(
                    "killed", at + " cycles", release.settings().patience(), OFTEN, seen -> {
                        watched.see(seen);
                        return seen.phase().isOver() || seen.cycles().done() >= at;
                    });
            claims.assertThat(status.phase().isOver())
                    .as("it is over at the kill")
                    .isFalse();
            Await.pass(Duration.ofMillis(ThreadLocalRandom.current().nextLong(1_500)));
            // In turn, so that the kubelet restarts no container twice, and waits with none.
            deaths.one(release, number % 2 == 1);
            Await.until("another holder, or the same anew", 300, OFTEN, release::isLed);
        }
        ExperimentStatus status = experiments.over("killed", watched::see);
        claims.completed(status);
        claims.counted(status, bound(CYCLES));
        claims.assertThat(watched.twice()).as("cycles that were counted twice").isEmpty();
        claims.assertThat(watched.records().keySet())
                .as("cycles that the status ever showed")
                .containsExactlyElementsOf(upTo(CYCLES));
        claims.lastRecords(status, CYCLES);
        List<CycleRecord> records = experiments.records("killed");
        int first = records.getFirst().cycle();
        // What a deleted pod had is gone with its emptyDir; what came after is whole.
        claims.assertThat(cycles(records)).as("cycles in the records API").isEqualTo(numbers(first, CYCLES));
        for (CycleRecord record : records) {
            claims.assertThat(Optional.ofNullable(watched.records().get(record.cycle()))
                            .map(CycleRecord::stoppedAt))
                    .as("stoppedAt of cycle %d", record.cycle())
                    .isEqualTo(Optional.ofNullable(record.stoppedAt()));
        }
        claims.restored(release, status);
        claims.assertThat(deaths.killed + deaths.deleted).as("kills").isEqualTo(wanted);
        claims.seen(
                "%d times SIGKILL, %d times its pod deleted: %d cycles, none lost, none twice (records from %d on)%s"
                        .formatted(deaths.killed, deaths.deleted, CYCLES, first, deaths.note()));
    }

    /** How the controllers ended. */
    private static final class Deaths {
        private int killed;
        private int deleted;
        private final List<String> unreachable = new ArrayList<>();

        /** SIGKILL in place where that is wanted and can be had; else the pod is deleted, without a grace period. */
        private void one(Release release, boolean inPlace) {
            String leader = release.leader();
            Pod pod = release.pods("controller").stream()
                    .filter(one -> one.getMetadata().getName().equals(leader))
                    .findFirst()
                    .orElseThrow(() -> new BrokenException("the Lease names '" + leader + "', which is no pod"));
            if (inPlace) {
                Optional<String> why = ContainerKill.kill(release.settings(), pod);
                if (why.isEmpty()) {
                    killed++;
                    return;
                }
                unreachable.add(why.get());
            }
            release.deleteAtOnce(pod);
            deleted++;
        }

        private String note() {
            return unreachable.isEmpty() ? "" : "; no SIGKILL in place: " + unreachable.getLast();
        }
    }
}
