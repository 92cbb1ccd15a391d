package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.checks.Specs.slow;
import static dev.rebind.e2e.cluster.Experiments.cycles;
import static dev.rebind.e2e.junit.Claims.bound;
import static dev.rebind.e2e.junit.Claims.numbers;
import static dev.rebind.e2e.junit.Claims.upTo;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.ContainerKill;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Spec;
import dev.rebind.e2e.cluster.Watched;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
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
    static final Lane LANE = Lane.named("kill").values(Theirs.VALUES);

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
        int first = whole("killed", CYCLES, watched, experiments, claims);
        claims.boundAgain(release, 60);
        claims.assertThat(deaths.killed + deaths.deleted).as("kills").isEqualTo(wanted);
        claims.seen(
                "%d times SIGKILL, %d times its pod deleted: %d cycles, none lost, none twice (records from %d on)%s"
                        .formatted(deaths.killed, deaths.deleted, CYCLES, first, deaths.note()));
        experiments.delete("killed");
    }

    /** One experiment in each mode in which a process, a pod or a rollout comes anew, side by side, under one controller that is killed in the middle of their cycles. */
    @Check("faults/killed-in-each-mode")
    void inEachMode(Release release, Experiments experiments, Claims claims) {
        List<Under> all = List.of(
                Under.theirs("pod", 3, release),
                Under.theirs("rollout", 3, release),
                new Under("process", 10, experiment(Mode.process, true, 10).with("restart: {interval: 1s}")));
        Theirs.applyKey(release.namespace());
        all.forEach(one -> one.deploy(release));
        release.rolledOut("daemonset/" + Release.NAME + "-node-agent");
        all.forEach(one -> experiments.start(one.mode, one.spec));
        var deaths = new Deaths();
        for (String mode : List.of("rollout", "pod")) {
            Under under = all.stream()
                    .filter(one -> one.mode.equals(mode))
                    .findFirst()
                    .orElseThrow();
            List<String> before = under.pods(release);
            Await.until("a new pod in mode " + mode, release.settings().patience(), OFTEN, () -> {
                all.forEach(one -> one.watched.see(experiments.status(one.mode)));
                return !before.containsAll(under.pods(release));
            });
            claims.assertThat(experiments.status(mode).phase().isOver())
                    .as("mode %s is over at the kill", mode)
                    .isFalse();
            deaths.one(release, true);
            Await.until("another holder, or the same anew", 300, OFTEN, release::isLed);
        }
        List<String> seen = new ArrayList<>();
        for (Under one : all) {
            whole(one.mode, one.cycles, one.watched, experiments, claims);
            claims.assertThat(one.listens(release))
                    .as("mode %s: the target listens", one.mode)
                    .isTrue();
            seen.add("%d cycles in mode %s".formatted(one.cycles, one.mode));
            experiments.delete(one.mode);
        }
        claims.seen("%d times SIGKILL: %s; none lost, none twice%s"
                .formatted(deaths.killed, String.join(", ", seen), deaths.note()));
    }

    /** Nothing is lost, nothing is there twice, and the target is restored. Gives the first cycle of which there is a record. */
    private static int whole(String name, int count, Watched watched, Experiments experiments, Claims claims) {
        ExperimentStatus status = experiments.over(name, watched::see);
        claims.completed(status);
        claims.counted(status, bound(count));
        claims.assertThat(watched.twice())
                .as("%s: cycles that were counted twice", name)
                .isEmpty();
        claims.assertThat(watched.records().keySet())
                .as("%s: cycles that the status ever showed", name)
                .containsExactlyElementsOf(upTo(count));
        claims.lastRecords(status, count);
        List<CycleRecord> records = experiments.records(name);
        int first = records.getFirst().cycle();
        // What a deleted pod had is gone with its emptyDir; what came after is whole.
        claims.assertThat(cycles(records))
                .as("%s: cycles in the records API", name)
                .isEqualTo(numbers(first, count));
        for (CycleRecord record : records) {
            claims.assertThat(Optional.ofNullable(watched.records().get(record.cycle()))
                            .map(CycleRecord::stoppedAt))
                    .as("%s: stoppedAt of cycle %d", name, record.cycle())
                    .isEqualTo(Optional.ofNullable(record.stoppedAt()));
        }
        claims.condition(status, "Restored", Truth.True);
        return first;
    }

    /** An experiment in one mode, on a target of its own. */
    private record Under(String mode, int cycles, Spec spec, Watched watched) {
        private Under(String mode, int cycles, Spec spec) {
            this(mode, cycles, spec, new Watched());
        }

        private static Under theirs(String mode, int cycles, Release release) {
            return new Under(
                    mode, cycles, Theirs.untoggled(mode).with("""
                target: {workloadRef: {name: %s, port: %d}}
                reuseAddress: null
                cycles: %d
                clients: {connections: 0}
                """.formatted(name(mode), release.port(), cycles)));
        }

        private static String name(String mode) {
            return "theirs-" + mode;
        }

        private boolean isOurs() {
            return mode.equals(Mode.process.name());
        }

        /** Ready means that it listens. */
        private void deploy(Release release) {
            if (!isOurs()) {
                Theirs.apply(
                        release.namespace(),
                        Theirs.server(release, name(mode))
                                .withContainer("readinessProbe: {tcpSocket: {port: %d}, periodSeconds: 1}"
                                        .formatted(release.port())));
                release.rolledOut("deployment/" + name(mode));
            }
        }

        private List<String> pods(Release release) {
            return Theirs.pods(release, name(mode)).stream().map(Pods::uid).toList();
        }

        private boolean listens(Release release) {
            return Await.reached(
                    "it listens",
                    120,
                    () -> isOurs()
                            ? release.readyz().equals("bound")
                            : Theirs.pods(release, name(mode)).stream().anyMatch(Pods::isReady));
        }
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
