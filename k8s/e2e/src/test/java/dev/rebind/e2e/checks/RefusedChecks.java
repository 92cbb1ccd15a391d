package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.slow;
import static dev.rebind.e2e.checks.Specs.slowOn;
import static dev.rebind.e2e.cluster.Experiments.cycles;
import static dev.rebind.e2e.cluster.Experiments.message;
import static dev.rebind.e2e.cluster.Experiments.reason;
import static dev.rebind.e2e.cluster.Tool.kubectl;
import static dev.rebind.e2e.junit.Claims.upTo;

import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Spec;
import dev.rebind.e2e.cluster.Tool;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Experiments that are refused, each for its reason, and that nothing is touched for them. */
final class RefusedChecks {
    @RegisterExtension
    static final Lane LANE = Lane.named("refused").alsoIn("other");

    @Check("refused/namespace-without-label")
    void namespaceWithoutLabel(Release release, Experiments experiments, Claims claims) {
        Experiments elsewhere = experiments.in(release.other());
        refused(release, elsewhere, slow(5), "NamespaceNotAllowed", "rebind.dev/experiments=allowed", claims);
    }

    @Check("refused/no-target")
    void noTarget(Release release, Experiments experiments, Claims claims) {
        release.allowExperiments(release.other(), true);
        try {
            Experiments elsewhere = experiments.in(release.other());
            refused(release, elsewhere, slow(5), "NoTarget", "has no server of Rebind's chart", claims);
        } finally {
            release.allowExperiments(release.other(), false);
        }
    }

    @Check("refused/two-pods")
    void twoPods(Release release, Experiments experiments, Claims claims) {
        deploy(release, "two", 2);
        try {
            refused(release, experiments, slowOn("Deployment", "two"), "SeveralTargets", "has 2 pods", claims);
        } finally {
            kubectl("-n", release.namespace(), "delete", "deployment", "two", "--cascade=foreground");
        }
    }

    @Check("refused/no-workload")
    void noWorkload(Release release, Experiments experiments, Claims claims) {
        refused(release, experiments, slowOn("Deployment", "nowhere"), "NoTarget", "has no Deployment nowhere", claims);
    }

    @Check("refused/no-agent")
    void noAgent(Release release, Experiments experiments, Claims claims) {
        deploy(release, "bare", 1);
        try {
            refused(
                    release,
                    experiments,
                    slowOn("Deployment", "bare"),
                    "NoAgent",
                    "no container with a port named agent",
                    claims);
        } finally {
            kubectl("-n", release.namespace(), "delete", "deployment", "bare", "--cascade=foreground");
        }
    }

    /** That an experiment is refused for a reason, and that nothing was touched. */
    private static void refused(
            Release release, Experiments experiments, Spec spec, String reason, String message, Claims claims) {
        Map<String, Object> before = Untouched.facts(release);
        experiments.start("refused", spec);
        try {
            ExperimentStatus status = experiments.awaitRefused("refused");
            claims.assertThat(reason(status, "Accepted"))
                    .as("reason in Accepted")
                    .isEqualTo(reason);
            claims.assertThat(message(status, "Accepted"))
                    .as("message in Accepted")
                    .contains(message);
            claims.assertThat(status.cycles().done()).as("cycles").isZero();
            claims.assertThat(status.startedAt()).as("startedAt").isNull();
            claims.assertThat(status.phase()).as("phase").isIn(Phase.Pending, Phase.Error);
            claims.assertThat(Untouched.facts(release)).as("what is there").containsExactlyInAnyOrderEntriesOf(before);
            claims.seen("%s: %s".formatted(reason(status, "Accepted"), message(status, "Accepted")));
        } finally {
            experiments.delete("refused");
        }
    }

    /** A server of our image that is nobody's agent. */
    private static void deploy(Release release, String name, int replicas) {
        Cluster.apply(release.namespace(), """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s}
            spec:
              replicas: %2$d
              selector: {matchLabels: {app: %1$s}}
              template:
                metadata: {labels: {app: %1$s}}
                spec:
                  enableServiceLinks: false
                  containers:
                    - name: other
                      image: %3$s
                      imagePullPolicy: IfNotPresent
                      args: [server]
                      resources: {requests: {cpu: 10m}}
            """.formatted(
                        name, replicas, release.settings().image()));
        release.rolledOut("deployment/" + name);
    }

    @Check("refused/held-by-another")
    void heldByAnother(Release release, Experiments experiments, Claims claims) {
        experiments.start("first", slow(1000));
        ExperimentStatus before = experiments.awaitCycles("first", 2);
        experiments.start("third", slow(5));
        ExperimentStatus third = experiments.awaitRefused("third");
        claims.assertThat(reason(third, "Accepted"))
                .as("reason in Accepted, with clients")
                .isEqualTo("ClientsHeld");
        experiments.delete("third");
        experiments.start("second", slow(5).with("clients: {connections: 0}"));
        ExperimentStatus status = experiments.awaitRefused("second");
        claims.assertThat(reason(status, "Accepted")).as("reason in Accepted").isEqualTo("TargetHeld");
        claims.assertThat(message(status, "Accepted"))
                .as("message in Accepted")
                .contains(release.namespace() + "/first");
        claims.assertThat(status.cycles().done()).as("cycles").isZero();
        ExperimentStatus after =
                experiments.awaitCycles("first", before.cycles().done() + 2);
        claims.phase(after, Phase.Running);
        claims.assertThat(after.controller()).as("controller of the first").isEqualTo(before.controller());
        List<Integer> numbers = cycles(experiments.records("first"));
        claims.assertThat(numbers).as("records of the first").isEqualTo(upTo(numbers.size()));
        experiments.delete("first");
        ExperimentStatus second = experiments.over("second");
        // What the first has left on the port is none of the second's, so that its cycles are Inconclusive for a
        // minute.
        claims.phase(second, Phase.Completed);
        claims.assertThat(second.cycles().bound()).as("cycles that bound").isEqualTo(5);
        experiments.delete("second");
        claims.seen("%s: %s; it ran once the first was deleted"
                .formatted(reason(status, "Accepted"), message(status, "Accepted")));
    }

    @Check("refused/starting-deadline")
    void startingDeadline(Experiments experiments, Claims claims) {
        experiments.start("too-late", slowOn("Deployment", "nowhere").with("startingDeadlineSeconds: 3"));
        ExperimentStatus status = experiments.over("too-late");
        claims.phase(status, Phase.Error);
        claims.assertThat(status.verdict()).as("verdict").isEqualTo(Verdict.Error);
        claims.condition(status, "Passed", Truth.False);
        claims.assertThat(status.cycles().done()).as("cycles").isZero();
        experiments.delete("too-late");
        claims.seen(message(status, "Passed"));
    }

    @Check("refused/invalid")
    void invalid(Release release, Experiments experiments, Claims claims) {
        List<InvalidSpecs.Invalid> specs = InvalidSpecs.all();
        claims.assertThat(specs).as("resources").hasSizeGreaterThanOrEqualTo(30);
        for (InvalidSpecs.Invalid invalid : specs) {
            Tool.Ended applied = applied(release, invalid.spec());
            claims.assertThat(applied.failed())
                    .as("%s is refused (%s)", invalid.spec(), applied.out().strip())
                    .isTrue();
            claims.assertThat(applied.err())
                    .as("the refusal of %s", invalid.spec())
                    .contains(invalid.field());
            if (!applied.failed()) {
                experiments.delete("invalid");
            }
        }
        // The test's own resource is right but for the spec.
        Tool.Ended right = applied(release, Spec.of("{}"), "--dry-run=server");
        claims.assertThat(right.code())
                .as("exit code for an empty spec (%s)", right.err())
                .isZero();
        claims.seen("%d resources refused, each with the field's name".formatted(specs.size()));
    }

    private static Tool.Ended applied(Release release, Spec spec, String... flags) {
        String[] apply = {"-n", release.namespace(), "apply", "-f", "-"};
        String[] arguments = Stream.of(apply, flags).flatMap(Arrays::stream).toArray(String[]::new);
        return Tool.tryKubectlGiven(Experiments.document("invalid", spec), arguments);
    }
}
