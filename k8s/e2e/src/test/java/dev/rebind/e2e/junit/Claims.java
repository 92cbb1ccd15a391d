package dev.rebind.e2e.junit;

import static dev.rebind.e2e.cluster.Experiments.cycles;
import static dev.rebind.e2e.cluster.Experiments.truth;

import dev.rebind.diagnosis.Cause;
import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Experiments.Over;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Counts;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.Assert;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;

/**
 * What a check claims, as AssertJ's soft assertions: all that does not hold is told, and not the first of it only. It also has
 * what a check saw, and figures. For one thread.
 */
public final class Claims extends SoftAssertions {
    private int made;
    private String seen = "";
    private final Map<String, String> figures = new LinkedHashMap<>();

    @Override
    public <SELF extends Assert<? extends SELF, ? extends ACTUAL>, ACTUAL> SELF proxy(
            Class<SELF> assertion, Class<ACTUAL> type, ACTUAL actual) {
        made++;
        return super.proxy(assertion, type, actual);
    }

    /** What was seen, in a line. */
    public void seen(String text) {
        seen = text;
    }

    public void figure(String name, String value) {
        figures.put(name, value);
    }

    String seen() {
        return seen;
    }

    Map<String, String> figures() {
        return figures;
    }

    /** What does not hold, a line for each: the table of results has the first. */
    @Override
    public void assertAll() {
        List<Throwable> failures = errorsCollected();
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.stream()
                    .map(failure -> String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\n\\s*", " "))
                    .collect(Collectors.joining("\n")));
        }
    }

    /** A check that compared nothing, or says nothing of what it saw, has not passed. */
    void end() {
        assertAll();
        if (made == 0 || seen.isBlank()) {
            throw new AssertionError("nothing was compared");
        }
    }

    /** The first is not above the second, and both are known. */
    public void inOrder(String what, @Nullable Double first, @Nullable Double second) {
        assertThat(first != null && second != null && first <= second)
                .as("%s: %s and %s", what, first, second)
                .isTrue();
    }

    // Of experiments

    public void phase(ExperimentStatus status, Phase phase) {
        assertThat(status.phase()).as("phase").isEqualTo(phase);
    }

    public void condition(ExperimentStatus status, String type, Truth truth) {
        assertThat(truth(status, type)).as("condition " + type).isEqualTo(truth);
    }

    public void completed(ExperimentStatus status) {
        completed(status, Verdict.Pass);
    }

    public void completed(ExperimentStatus status, @Nullable Verdict verdict) {
        phase(status, Phase.Completed);
        assertThat(status.verdict())
                .as("verdict, after: %s", status.lastCycle())
                .isEqualTo(verdict);
    }

    /** As many records as cycles, none missing and none twice, in the API and in the status. */
    public void numbered(Over over, int count) {
        assertThat(cycles(over.records())).as("cycles in the records API").isEqualTo(upTo(count));
        lastRecords(over.status(), count);
        assertThat(over.status().cycles().done()).as("status.cycles.done").isEqualTo(count);
    }

    public void lastRecords(ExperimentStatus status, int count) {
        assertThat(cycles(status.records()))
                .as("cycles of status.records")
                .isEqualTo(numbers(Math.max(1, count - ExperimentStatus.RECORDS + 1), count));
    }

    /** All that the status counts; what is not named is 0. */
    public void counted(ExperimentStatus status, Counts counts) {
        assertThat(status.cycles()).as("status.cycles").isEqualTo(counts);
    }

    public static Counts bound(int cycles) {
        return new Counts(cycles, cycles, 0, Map.of(), 0, 0, 0);
    }

    /** All failed with TIME_WAIT in the way. */
    public static Counts timeWait(int cycles) {
        return new Counts(cycles, 0, cycles, Map.of(Cause.time_wait.name(), cycles), 0, 0, 0);
    }

    /** The same, and each was expected to be otherwise. */
    public static Counts unexpected(Counts counts) {
        return new Counts(counts.done(), counts.bound(), counts.failed(), counts.failedByCause(), counts.done(), 0, 0);
    }

    public static List<Integer> upTo(int last) {
        return numbers(1, last);
    }

    public static List<Integer> numbers(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    /** It holds of each record, and there are records. */
    public void every(String what, List<CycleRecord> records, Predicate<CycleRecord> holds) {
        assertThat(records).as("records").isNotEmpty();
        assertThat(records.stream()
                        .filter(holds.negate())
                        .map(record -> "cycle " + record.cycle() + ": " + record.explanation())
                        .limit(1))
                .as("%s in each of %d records; one that is otherwise", what, records.size())
                .isEmpty();
    }

    /** How many sockets in these states were left, and all of what was left where it is fewer, or why it is not known. */
    public void residue(CycleRecord record, int least, String... states) {
        Map<String, Integer> residue = record.residue();
        assertThat(
                        residue == null
                                ? 0
                                : Stream.of(states)
                                        .mapToInt(state -> residue.getOrDefault(state, 0))
                                        .sum())
                .as(
                        "sockets in %s, of residue %s%s",
                        String.join(" and ", states),
                        residue,
                        record.unreadable() == null ? "" : ", unreadable: " + record.unreadable())
                .isBetween(least, 1000);
    }

    /** Sockets that the server closed first are left: in TIME_WAIT, or in FIN_WAIT_2 where the clients of a busy machine have not closed yet. */
    public void closedFirst(CycleRecord record, int least) {
        residue(record, least, "TIME_WAIT", "FIN_WAIT_2");
    }

    /** What came of the first bind. */
    public void outcome(CycleRecord record, Outcome outcome, @Nullable Cause cause) {
        assertThat(record.outcome()).as("outcome (%s)", record.explanation()).isEqualTo(outcome);
        assertThat(record.cause()).as("cause").isEqualTo(cause);
    }

    public void freshNamespace(CycleRecord record, boolean fresh) {
        assertThat(record.cluster() == null ? null : record.cluster().freshNamespace())
                .as("cluster.freshNamespace")
                .isEqualTo(fresh);
    }

    /** The target was restored: the resource says so, and so does the agent. */
    public void restored(Release release, ExperimentStatus status) {
        condition(status, "Restored", Truth.True);
        boundAgain(release, 60);
    }

    /**
     * The controller's container was not restarted meanwhile. An earlier restart is another check's: a controller that loses its lease
     * while the API server is slow ends, as it must.
     *
     * @param before the restarts of its pod at the beginning
     */
    public void noRestart(Release release, int before) {
        Pod pod = release.pod("controller");
        assertThat(Pods.restarts(pod))
                .as("restarts of the controller, which ended: %s", Pods.lastEnd(pod))
                .isEqualTo(before);
    }

    public void boundAgain(Release release, int seconds) {
        try {
            Await.until("bound", seconds, () -> release.readyz().equals("bound"));
        } catch (BrokenException | KubernetesClientException e) {
            // What is seen then is compared.
        }
        assertThat(release.readyz()).as("the agent's own server").isEqualTo("bound");
    }

    public void answered(Release release, String when) {
        assertThat(release.probe())
                .as("a client at the server's Service " + when)
                .contains(Release.CONNECTED);
    }
}
