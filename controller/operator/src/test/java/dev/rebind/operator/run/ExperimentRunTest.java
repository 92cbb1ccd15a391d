package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.Agent;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.experiment.clients.Http;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.experiment.clients.TargetProtocol;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Condition;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.workload.LookupResult;
import dev.rebind.operator.workload.Restoration;
import dev.rebind.operator.workload.StartDelay;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentRunTest {
    private static final String BOTH = "concurrency: 2, selection: {mode: all}";

    @TempDir
    Path folder;

    private static List<Integer> cycles(RunFixture run) throws Exception {
        return run.records.uncounted(RunFixture.KEY, CountedCycles.NONE).stream()
                .map(CycleRecord::cycle)
                .toList();
    }

    private static Condition condition(RunFixture run, String type) {
        return run.status().conditions().stream()
                .filter(one -> one.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName(
            "When the experiment does not say what clients speak, then they speak what a server of others has, and the status says so")
    void spoken() throws Exception {
        var run = new RunFixture(folder, 1, "steps: [{clients: {connections: 1}}]");
        run.pods.getFirst().spoken = new TargetProtocol(
                Protocol.http,
                new Http(null, "/healthz", null, null, null, null, null, null, null, null, null),
                null,
                "the readinessProbe of container web does");
        run.run("one");

        assertThat(run.pods.getFirst().asked)
                .singleElement()
                .isInstanceOfSatisfying(
                        Traffic.Http.class, http -> assertThat(http.path()).isEqualTo("/healthz"));
        assertThat(run.messages)
                .anySatisfy(message -> assertThat(message)
                        .endsWith("clients speak http to /healthz, as the readinessProbe of container web does"));
    }

    @Test
    @DisplayName("When all cycles were run, then all are counted, the targets are given back, and it is Completed")
    void completed() throws Exception {
        var run = new RunFixture(folder, 2, "cycles: 2, " + BOTH);
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        assertThat(run.status().verdict()).isEqualTo(Verdict.Pass);
        assertThat(run.status().cycles().done()).isEqualTo(4);
        assertThat(cycles(run)).containsExactly(1, 2, 3, 4);
        assertThat(run.pods).allSatisfy(pod -> assertThat(pod.closed).isTrue());
        assertThat(run.events).containsExactly("Running", "Completed");
    }

    @Test
    @DisplayName("When it is terminated, then no other cycle begins, and what was counted before stays")
    void terminated() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 5");
        run.pods.getFirst().stopping = () -> run.terminated = true;
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Aborted);
        assertThat(run.status().verdict()).isEqualTo(Verdict.Inconclusive);
        assertThat(run.status().cycles().done()).isEqualTo(1);
    }

    @Test
    @DisplayName("When it is suspended, then the target is given back, and the cycles that are left are run later")
    void suspended() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 2");
        FakeTarget pod = run.pods.getFirst();
        pod.stopping = () -> run.suspended = true;
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> ends = start(thread, run);
            await().until(() -> run.status().phase() == Phase.Paused);
            assertThat(pod.closed).isTrue();
            assertThat(run.status().cycles().done()).isEqualTo(1);
            pod.stopping = () -> {};
            run.suspended = false;
            ends.get();
        }
        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        assertThat(cycles(run)).containsExactly(1, 2);
        assertThat(run.taken).hasValue(2);
    }

    @Test
    @DisplayName("When a new container does not start, then Running and an event say why at once, until it does")
    void delayed() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 1");
        FakeTarget pod = run.pods.getFirst();
        var unscheduled = new StartDelay("Unschedulable", "pod server-1: no free ports", null);
        pod.stopping = () -> {
            pod.observer.delayed(pod.target(), unscheduled);
            assertThat(condition(run, "Running").status()).isEqualTo(Truth.True);
            assertThat(condition(run, "Running").message())
                    .isEqualTo(
                            "cycles run; a new container does not start: Unschedulable: pod server-1: no free ports");
            pod.observer.delayed(pod.target(), null);
            assertThat(condition(run, "Running").message()).isEqualTo("cycles run");
        };
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        assertThat(run.status().verdict()).isEqualTo(Verdict.Pass);
        assertThat(run.events).containsSubsequence("Running", "Unschedulable", "Completed");
    }

    private static Future<?> start(ExecutorService thread, RunFixture run) {
        return thread.submit(() -> {
            run.run("one");
            return null;
        });
    }

    @Test
    @DisplayName(
            "When several pods are without their server for too long, then the experiment is Aborted once, and says why")
    void unavailable() throws Exception {
        var run = new RunFixture(folder, 2, "cycles: 3, maxUnavailableSeconds: 5, " + BOTH);
        for (FakeTarget pod : run.pods) {
            pod.starts = settings -> {
                if (settings.generation() > 1) {
                    new CountDownLatch(1).await();
                }
                return FakeTarget.bound(settings);
            };
        }
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> ends = start(thread, run);
            await().until(() -> run.alarm.waiting() == 2);
            run.alarm.ring();
            ends.get();
        }
        assertThat(run.status().phase()).isEqualTo(Phase.Aborted);
        assertThat(condition(run, "Passed").message()).endsWith("the server was gone for more than 5 s");
        assertThat(run.pods).allSatisfy(pod -> assertThat(pod.closed).isTrue());
        assertThat(run.taken).hasValue(1);
    }

    @Test
    @DisplayName("When a server is back and its cycle goes on, then the time of its absence is over")
    void backInTime() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 2, maxUnavailableSeconds: 5");
        // The record is on its way into the status: the cycle's own end is long past the bind.
        run.api.before = _ -> run.alarm.ring();
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        // One for the attempt to take the target, and one for each cycle.
        assertThat(run.alarm.begun()).isEqualTo(3);
    }

    @Test
    @DisplayName("When the target's agents let the experiment wait, then its status says so until it runs")
    void slowAttempt() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 1");
        run.taking = () -> {
            run.alarm.ring();
            assertThat(run.status().phase()).isEqualTo(Phase.Pending);
            assertThat(condition(run, "TargetReady").status()).isEqualTo(Truth.False);
            assertThat(condition(run, "TargetReady").message()).contains("have not answered within 10 s");
        };
        run.run("one");

        assertThat(run.events).containsSubsequence("TargetNotReady", "Running", "Completed");
        ExperimentStatus over = run.status();
        run.alarm.ringLate();
        assertThat(run.status()).isEqualTo(over);
    }

    @Test
    @DisplayName("When it is to end right after a record was stored, then the record is counted before it ends")
    void endedBetween() throws Exception {
        var run = new RunFixture(folder, 2, "cycles: 2, " + BOTH);
        run.api.before = status -> {
            if (status.cycles().done() == 1) {
                run.api.before = _ -> {};
                Thread.currentThread().interrupt();
            }
        };
        assertThatThrownBy(() -> run.run("one")).isInstanceOf(InterruptedException.class);

        assertThat(run.status().phase()).isEqualTo(Phase.Running);
        assertThat(cycles(run)).containsExactly(1, 2);
        assertThat(run.status().cycles().done()).isEqualTo(2);
        assertThat(run.pods).allSatisfy(pod -> assertThat(pod.closed).isTrue());

        run.run("another");
        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        assertThat(cycles(run)).containsExactly(1, 2, 3, 4);
        assertThat(run.status().cycles().done()).isEqualTo(4);
    }

    @Test
    @DisplayName("When it is to end while the API server is away, then it ends, and the next run counts the record")
    void endedWhileAway() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 2");
        run.api.before = status -> {
            if (status.cycles().done() == 1) {
                Thread.currentThread().interrupt();
                throw new KubernetesClientException("connection refused");
            }
        };
        assertThatThrownBy(() -> run.run("one")).isInstanceOf(InterruptedException.class);
        assertThat(cycles(run)).containsExactly(1);
        assertThat(run.status().cycles().done()).isZero();

        run.api.before = _ -> {};
        assertThat(Thread.interrupted()).as("the order to end came once more").isTrue();
        run.run("one");
        assertThat(cycles(run)).containsExactly(1, 2);
        assertThat(run.status().cycles().done()).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "When one pod is lost in a round, then the others' records are counted, and its own cycle is run later")
    void lost() throws Exception {
        var run = new RunFixture(folder, 3, "cycles: 2, concurrency: 3, selection: {mode: all}");
        FakeTarget pod = run.pods.getFirst();
        pod.stopping = () -> {
            pod.lost = "its agent was taken by another";
            pod.stopping = () -> {};
        };
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        assertThat(run.status().cycles().done()).isEqualTo(6);
        assertThat(cycles(run)).containsExactly(2, 3, 1, 4, 5, 6);
        assertThat(run.taken).hasValue(2);
        assertThat(run.events).contains("TargetLost");
        assertThat(run.cyclesInMetrics()).isEqualTo(6);
    }

    @Test
    @DisplayName(
            "When the pod goes during a cycle, then that cycle is run again on the next one, and no verdict comes of it")
    void evicted() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 3");
        FakeTarget pod = run.pods.getFirst();
        var evictions = new AtomicInteger(1);
        pod.starts = settings -> {
            if (settings.generation() == 3 && evictions.getAndDecrement() > 0) {
                pod.gone = "pod server-0 is gone";
                return new Agent.Start.Broken(settings.generation(), "the agent cannot be reached");
            }
            return FakeTarget.bound(settings);
        };
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        assertThat(run.status().verdict()).isEqualTo(Verdict.Pass);
        assertThat(cycles(run)).containsExactly(1, 2, 3);
        assertThat(run.taken).hasValue(2);
        assertThat(run.events).contains("TargetLost");
    }

    @Test
    @DisplayName(
            "When the API server fails a cycle beside others, then its own words are told, and not an error in Rebind")
    void apiServerFails() throws Exception {
        var run = new RunFixture(folder, 2, "cycles: 1, " + BOTH);
        run.pods.getLast().starts = _ -> {
            throw new KubernetesClientException("pods is forbidden");
        };
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Error);
        assertThat(condition(run, "Running").reason()).isEqualTo("Unreachable");
        assertThat(condition(run, "Running").message())
                .isEqualTo("the API server refused or did not answer: pods is forbidden");
        assertThat(run.status().cycles().done()).as("the other pod's").isEqualTo(1);
    }

    @Test
    @DisplayName(
            "When the API server does not answer deep in a cycle, then that cycle is run again, and no verdict comes of it")
    void apiServerAway() throws Exception {
        var run = new RunFixture(folder, 2, "cycles: 2, " + BOTH);
        var outages = new AtomicInteger(1);
        run.pods.getLast().starts = settings -> {
            if (settings.generation() > 1 && outages.getAndDecrement() > 0) {
                throw new KubernetesClientException("An error has occurred.", new ConnectException("refused"));
            }
            return FakeTarget.bound(settings);
        };
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        assertThat(run.status().verdict()).isEqualTo(Verdict.Pass);
        assertThat(run.status().cycles().done()).isEqualTo(4);
        assertThat(cycles(run)).containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(outages.get()).isLessThanOrEqualTo(0);
    }

    @Test
    @DisplayName(
            "When the key has its former value and the journal cannot be written, then the target is given back all the same")
    void journalAway() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 1");
        run.withToggle("its own");
        run.journal.refuses = true;
        run.run("one");

        assertThat(run.settings).containsEntry("reuse", "its own");
        assertThat(condition(run, "Restored").status()).isEqualTo(Truth.True);
        assertThat(run.events).doesNotContain("ToggleNotRestored");
        assertThat(run.journal.entries()).as("for later").hasSize(1);
    }

    @Test
    @DisplayName("When Rebind itself errs in a cycle beside others, then the error is told as it is")
    void bug() throws Exception {
        var run = new RunFixture(folder, 2, "cycles: 1, " + BOTH);
        run.pods.getLast().starts = _ -> {
            throw new ArithmeticException("a bug");
        };
        run.run("one");

        assertThat(condition(run, "Running").message())
                .isEqualTo("an error in Rebind itself: java.lang.ArithmeticException: a bug");
    }

    @Test
    @DisplayName("When another controller has claimed it, then this one stops and writes nothing more")
    void claimed() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 3");
        var claimed = new AtomicBoolean();
        run.api.before = status -> {
            if (status.cycles().done() == 1 && claimed.compareAndSet(false, true)) {
                run.api.put(new StatusEdit(run.status(), Instant.EPOCH)
                        .about(1L, "another", null, null)
                        .done());
            }
        };
        assertThatThrownBy(() -> run.run("one")).isInstanceOf(StatusStore.LostException.class);
        assertThat(run.status().controller()).isEqualTo("another");
        assertThat(run.status().cycles().done()).isZero();
        assertThat(run.pods.getFirst().closed).isTrue();
    }

    @Test
    @DisplayName(
            "When the server listens a while after the target was given back, then that time is in the status, and it is Restored")
    void restored() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 1");
        run.pods.getFirst().restoration = new Restoration.Listening(Duration.ofMillis(77_600));
        run.run("one");

        assertThat(condition(run, "Restored").status()).isEqualTo(Truth.True);
        assertThat(condition(run, "Restored").message()).endsWith("it listened after 77.6 s");
        assertThat(run.status().restoringMs()).isEqualTo(77_600);
        assertThat(run.downtimeInMetrics()).isEqualTo(77.6);
        assertThat(Objects.requireNonNull(run.pods.getFirst().waited)).isGreaterThan(Duration.ofMinutes(6));
    }

    @Test
    @DisplayName("When the server does not listen again, then it is not Restored, and an event says why")
    void notRestored() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 1");
        run.pods.getFirst().restoration = new Restoration.NotListening("it was not seen to listen on port 8080");
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        assertThat(condition(run, "Restored").status()).isEqualTo(Truth.False);
        assertThat(condition(run, "Restored").message()).isEqualTo("it was not seen to listen on port 8080");
        assertThat(run.events).contains("NotListening");
    }

    @Test
    @DisplayName("When its container cannot be started again, then it is not Restored, and an event says why")
    void runsWithTheSetting() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 1");
        run.pods.getFirst().restoration = new Restoration.Failed("the container could not be ended");
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        assertThat(condition(run, "Restored").status()).isEqualTo(Truth.False);
        assertThat(condition(run, "Restored").reason()).isEqualTo("NotRestored");
        assertThat(condition(run, "Restored").message()).isEqualTo("the container could not be ended");
        assertThat(run.events).contains("NotRestored");
    }

    @Test
    @DisplayName(
            "When the volume of the records is full, then what is counted is recorded, the target is given back, and it is said")
    void fullVolume() throws Exception {
        Path volume = Files.createDirectory(folder.resolve("volume"));
        Assumptions.assumeTrue(
                succeeds("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", volume.toString()),
                "a file system of 64 KiB cannot be mounted here, which root may");
        try {
            var run = new RunFixture(volume, 1, "cycles: 1000");
            run.run("one");

            assertThat(run.status().phase()).isEqualTo(Phase.Error);
            assertThat(condition(run, "Passed").message())
                    .contains("No space left on device")
                    .contains("controller.records of the chart");
            assertThat(run.events).contains("RecordsLost");
            assertThat(run.pods.getFirst().closed).isTrue();
            assertThat(run.status().cycles().done())
                    .as("some were recorded before, and each of them is counted, and no other")
                    .isPositive()
                    .isEqualTo(new RecordStore(volume)
                            .uncounted(RunFixture.KEY, CountedCycles.NONE)
                            .size());
        } finally {
            assertThat(succeeds("umount", volume.toString())).isTrue();
        }
    }

    private static boolean succeeds(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    }

    @Test
    @DisplayName(
            "When no target is there by the starting deadline, then it is given up, with the reason of the last look")
    void givenUp() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 1, startingDeadlineSeconds: 1");
        run.refusals.add(new LookupResult.Refused("NoTarget", "there is no pod", true));
        run.refusals.add(new LookupResult.Refused("TargetNotReady", "its pod has no address yet", true));
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Error);
        assertThat(condition(run, "Running").reason()).isEqualTo("TargetNotReady");
        assertThat(condition(run, "Running").message()).isEqualTo("its pod has no address yet; given up after 1 s");
        assertThat(condition(run, "Restored").reason()).isEqualTo("Untouched");
        assertThat(run.taken).hasValue(0);
        assertThat(cycles(run)).isEmpty();
    }

    @Test
    @DisplayName("When a target comes before the starting deadline, then the experiment runs")
    void startsInTime() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 1, startingDeadlineSeconds: 600");
        run.refusals.add(new LookupResult.Refused("NoTarget", "there is no pod", true));
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        assertThat(run.status().verdict()).isEqualTo(Verdict.Pass);
    }

    @Test
    @DisplayName("When it is to end at once, then nobody waits until the server listens")
    void endedAtOnce() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 2");
        run.api.before = status -> {
            if (status.cycles().done() == 1) {
                run.api.before = _ -> {};
                Thread.currentThread().interrupt();
            }
        };
        assertThatThrownBy(() -> run.run("one")).isInstanceOf(InterruptedException.class);
        assertThat(run.pods.getFirst().waited).isEqualTo(Duration.ZERO);
        assertThat(run.pods.getFirst().closed).isTrue();
    }

    @Test
    @DisplayName("When it is a dry run, then what would be done is told, and nothing is taken")
    void dryRun() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 3, dryRun: true");
        run.run("one");

        assertThat(run.status().phase()).isEqualTo(Phase.Completed);
        assertThat(run.status().plan()).startsWith("Would restart Deployment/server");
        assertThat(run.taken).hasValue(0);
    }

    @Test
    @DisplayName("When statuses are written, then each counts one cycle more than the one before, or none")
    void oneByOne() throws Exception {
        var run = new RunFixture(folder, 1, "cycles: 3");
        var last = new AtomicReference<>(0);
        run.run("one");
        assertThat(run.api.written())
                .extracting(ExperimentStatus::cycles)
                .allSatisfy(counts -> assertThat(counts.done() - last.getAndSet(counts.done()))
                        .isBetween(0, 1));
    }
}
