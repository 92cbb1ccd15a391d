package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.EXPECT_TIME_WAIT;
import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.checks.Specs.slow;
import static dev.rebind.e2e.cluster.Experiments.cycles;
import static dev.rebind.e2e.cluster.Experiments.document;
import static dev.rebind.e2e.cluster.Tool.kubectl;
import static dev.rebind.e2e.cluster.Tool.tryKubectl;
import static dev.rebind.e2e.junit.Claims.bound;
import static dev.rebind.e2e.junit.Claims.unexpected;
import static dev.rebind.e2e.junit.Claims.upTo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Spec;
import dev.rebind.e2e.cluster.Tool;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Condition;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What operators do with an experiment, with kubectl and by its fields. */
final class OrdersChecks {
    /** Longest that a deletion waits for its target, and a margin for the API server. */
    private static final int DELETION_SECONDS = 30 + 10;

    @RegisterExtension
    static final Lane LANE = Lane.named("orders");

    @Check("kubectl-wait")
    void kubectlWait(Release release, Experiments experiments, Claims claims) {
        String namespace = release.namespace();
        experiments.start("passes", experiment(Mode.process, true, 2));
        kubectl("-n", namespace, "wait", "rbx/passes", "--for=condition=Passed", "--timeout=300s");
        ExperimentStatus status = experiments.status("passes");
        claims.completed(status);
        String met = kubectl(
                "-n", namespace, "wait", "rbx/passes", "--for=jsonpath={.status.phase}=Completed", "--timeout=10s");
        claims.assertThat(met.strip())
                .as("phase by jsonpath")
                .isEqualTo("rebindexperiment.rebind.dev/passes condition met");
        claims.assertThat(Experiments.condition(status, "Passed").map(Condition::observedGeneration))
                .as("generation that condition Passed is about")
                .isEqualTo(Optional.of(experiments.get("passes").getMetadata().getGeneration()));
        experiments.start("fails", experiment(Mode.process, true, 1).with(EXPECT_TIME_WAIT));
        kubectl("-n", namespace, "wait", "rbx/fails", "--for=condition=Passed=false", "--timeout=300s");
        status = experiments.status("fails");
        claims.completed(status, Verdict.Fail);
        claims.counted(status, unexpected(bound(1)));
        Tool.Ended waited = tryKubectl("-n", namespace, "wait", "rbx/fails", "--for=condition=Passed", "--timeout=2s");
        claims.assertThat(waited.failed())
                .as("a wait for Passed on it ends in an error")
                .isTrue();
        claims.assertThat(waited.err()).as("the error").contains("timed out");
        String[] columns =
                kubectl("-n", namespace, "get", "rbx", "passes", "--no-headers").split("\\s+");
        claims.assertThat(List.of(columns).subList(0, 6))
                .as("columns")
                .containsExactly("passes", "Completed", "Pass", "process", "2", "0");
        experiments.delete("passes", "fails");
        claims.seen("Passed, Passed=false and the phase can be waited for");
    }

    /** What the product must say when an experiment is wrong about the kernel. */
    @Check("verdict/wrong-expectation")
    @Needs(Need.PROCESS_MODE)
    void wrongExpectation(Experiments experiments, Claims claims) {
        var over = experiments.run("wrong", experiment(Mode.process, true, 1).with(EXPECT_TIME_WAIT));
        claims.completed(over.status(), Verdict.Fail);
        claims.numbered(over, 1);
        claims.counted(over.status(), unexpected(bound(1)));
        claims.condition(over.status(), "Passed", Truth.False);
        claims.seen("an experiment that expects what does not happen fails");
    }

    @Check("orders/suspend-resume-terminate")
    void suspendResumeTerminate(Release release, Experiments experiments, Claims claims) {
        experiments.start("orders", slow(1000));
        experiments.awaitCycles("orders", 2);
        experiments.suspend("orders");
        ExperimentStatus paused = experiments.awaitPaused("orders");
        claims.condition(paused, "Paused", Truth.True);
        claims.restored(release, paused);
        claims.answered(release, "while paused");
        int still = experiments.status("orders").cycles().done();
        claims.assertThat(still)
                .as("cycles while paused")
                .isEqualTo(paused.cycles().done());
        experiments.patch("orders", "{\"suspend\":false}");
        ExperimentStatus resumed = experiments.awaitCycles("orders", still + 2);
        claims.phase(resumed, Phase.Running);
        claims.condition(resumed, "Paused", Truth.False);
        claims.assertThat(Cluster.refusal(() -> experiments.patch("orders", "{\"cycles\":7}")))
                .as("the refusal to change the spec of a running experiment")
                .hasValueSatisfying(why -> claims.assertThat(why).contains("an experiment that has begun"));
        experiments.terminate("orders");
        ExperimentStatus ended = experiments.over("orders");
        claims.phase(ended, Phase.Aborted);
        claims.condition(ended, "Passed", Truth.False);
        claims.restored(release, ended);
        claims.answered(release, "after it");
        claims.assertThat(cycles(experiments.records("orders")))
                .as("records")
                .isEqualTo(upTo(ended.cycles().done()));
        experiments.delete("orders");
        claims.seen("paused at %d, ended at %d cycles, answered each time"
                .formatted(paused.cycles().done(), ended.cycles().done()));
    }

    /** An order to end a paused experiment is no contradiction: it is over, and not refused. */
    @Check("orders/terminate-paused")
    void terminatePaused(Release release, Experiments experiments, Claims claims) {
        experiments.start("paused-and-ended", slow(1000));
        experiments.awaitCycles("paused-and-ended", 2);
        experiments.suspend("paused-and-ended");
        experiments.awaitPaused("paused-and-ended");
        experiments.terminate("paused-and-ended");
        ExperimentStatus status = experiments.over("paused-and-ended");
        claims.phase(status, Phase.Aborted);
        claims.assertThat(status.verdict()).as("verdict").isEqualTo(Verdict.Inconclusive);
        claims.restored(release, status);
        experiments.delete("paused-and-ended");
        claims.seen("%s, %s, after %d cycles"
                .formatted(status.phase(), status.verdict(), status.cycles().done()));
    }

    /** ttlSecondsAfterFinished. */
    @Check("orders/cleared-away")
    void clearedAway(Experiments experiments, Claims claims) {
        experiments.start("short-lived", slow(2).with("ttlSecondsAfterFinished: 15"));
        claims.completed(experiments.over("short-lived"));
        claims.assertThat(experiments.find("short-lived"))
                .as("it is there at its end")
                .isPresent();
        Instant began = Instant.now();
        Await.until("it is deleted", 240, () -> experiments.find("short-lived").isEmpty());
        claims.seen("deleted %.0f s after its end was seen"
                .formatted(Records.seconds(Duration.between(began, Instant.now()))));
    }

    /** Two that apply: each keeps what it set, a conflict is told, and a diff of what is applied already is empty. */
    @Check("orders/two-managers")
    void twoManagers(Release release, Experiments experiments, Claims claims) {
        String namespace = release.namespace();
        Spec spec = slow(1000);
        must(applied(namespace, "one", spec));
        experiments.awaitCycles("shared", 2);
        must(applied(namespace, "two", Spec.of("suspend: true")));
        ExperimentStatus paused = experiments.awaitPaused("shared");
        claims.restored(release, paused);
        // kubectl reads it twice: while cycles run, its status is another one the second time.
        Tool.Ended diff = Tool.tryKubectlGiven(
                document("shared", spec), "-n", namespace, "diff", "--server-side", "--field-manager=one", "-f", "-");
        claims.assertThat(diff.code())
                .as(
                        "exit code of kubectl diff of what is there (%s %s)",
                        diff.out().strip(), diff.err().strip())
                .isZero();
        Tool.Ended conflict = applied(namespace, "one", spec.with("suspend: false"));
        claims.assertThat(conflict.failed())
                .as("what the other manager set is a conflict")
                .isTrue();
        claims.assertThat(conflict.err()).as("the conflict").contains("\"two\"");
        must(applied(namespace, "one", spec));
        claims.assertThat(experiments.get("shared").getSpec().path("suspend").asBoolean())
                .as("suspend, which only the other one manages")
                .isTrue();
        must(applied(namespace, "two", Spec.of("{suspend: true, terminate: true}")));
        claims.phase(experiments.over("shared"), Phase.Aborted);
        List<String> managers = experiments.get("shared").getMetadata().getManagedFields().stream()
                .map(entry -> entry.getManager())
                .distinct()
                .sorted()
                .toList();
        claims.assertThat(managers).as("managers").contains("one", "two");
        experiments.delete("shared");
        claims.seen("%s: no field lost, the conflict told, no difference where nothing changed"
                .formatted(String.join(", ", managers)));
    }

    private static Tool.Ended applied(String namespace, String manager, Spec spec) {
        return Tool.tryKubectlGiven(
                document("shared", spec),
                "-n",
                namespace,
                "apply",
                "--server-side",
                "--field-manager=" + manager,
                "-f",
                "-");
    }

    private static void must(Tool.Ended applied) {
        if (applied.failed()) {
            throw new BrokenException("kubectl apply: " + applied.err().strip());
        }
    }

    /** By a field of the status, as the CustomResourceDefinition offers it. */
    @Check("orders/selected")
    void selected(Release release, Experiments experiments, Claims claims) {
        JsonNode version = Cluster.json("/version");
        Assumptions.assumeTrue(
                Integer.parseInt(version.path("minor").asText().replaceAll("\\D", "")) >= 31,
                "selectableFields are in Kubernetes 1.31 and later");
        experiments.run("selected", slow(1));
        String name = "rebindexperiment.rebind.dev/selected";
        claims.assertThat(inPhase(release, Phase.Completed))
                .as("the completed ones")
                .contains(name);
        claims.assertThat(inPhase(release, Phase.Running)).as("those that run").doesNotContain(name);
        experiments.delete("selected");
        claims.seen("kubectl get rbx --field-selector status.phase=Completed");
    }

    private static List<String> inPhase(Release release, Phase phase) {
        String selector = "status.phase=" + phase;
        return kubectl("-n", release.namespace(), "get", "rbx", "--field-selector", selector, "-o", "name")
                .lines()
                .toList();
    }

    @Check("orders/delete-mid-run")
    void deleteMidRun(Release release, Experiments experiments, Claims claims) {
        experiments.start("doomed", slow(1000));
        experiments.awaitCycles("doomed", 2);
        claims.assertThat(experiments.get("doomed").getMetadata().getFinalizers())
                .as("finalizers while it runs")
                .isEmpty();
        Instant before = Instant.now();
        kubectl("-n", release.namespace(), "delete", "rbx", "doomed", "--wait=false");
        Await.until(
                "it is gone",
                120,
                Duration.ofMillis(200),
                () -> experiments.find("doomed").isEmpty());
        double took = Records.seconds(Duration.between(before, Instant.now()));
        claims.assertThat(took).as("seconds until it is gone").isBetween(0.0, 10.0);
        claims.boundAgain(release, DELETION_SECONDS);
        claims.answered(release, "after it");
        claims.assertThat(release.aboutAgent().hasNonNull("holder"))
                .as("the agent has a holder")
                .isFalse();
        claims.seen("gone after %.1f s, the server answers".formatted(took));
    }
}
