package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.EXPECT_TIME_WAIT;
import static dev.rebind.e2e.checks.Theirs.toggled;
import static dev.rebind.e2e.cluster.Experiments.message;
import static dev.rebind.e2e.cluster.Experiments.reason;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Full;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.record.Phase;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is changed of a target for an experiment is restored, however the experiment ends. */
@Below("targets")
final class RestoredChecks {
    @RegisterExtension
    static final Lane LANE = Lane.named("restored").values(Theirs.VALUES);

    /** Its own setting is off: the container that reads it again cannot bind over what the last cycle has left. Restored is said once it listens. */
    @Check("container/given-back")
    void givenBack(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy();
        Cluster.patch(release.namespace(), Theirs.NAME, ConfigMap.class, "{\"data\":{\"reuse\":\"false\"}}");
        theirs.restart();
        Map<String, String> before = theirs.data();
        var over =
                experiments.run("given-back", toggled("container").with("{reuseAddress: {value: true}, restore: now}"));
        Pod then = theirs.pod();
        claims.completed(over.status());
        theirs.claimOwn(claims, before);
        claims.condition(over.status(), "Restored", Truth.True);
        claims.assertThat(reason(over.status(), "Restored")).as("reason of it").isEqualTo("Restored");
        claims.assertThat(over.status().restoringMs())
                .as("ms until it listened again (status.restoringMs)")
                .isNotNull()
                .isBetween(1L, 480_000L);
        // A container that cannot bind ends: the one that was there then is still there.
        Await.pass(Duration.ofSeconds(20));
        sameContainer(then, theirs.pod(), 20, claims);
        claims.assertThat(Pods.container(theirs.pod()).getState().getRunning())
                .as("it runs")
                .isNotNull();
        experiments.delete("given-back");
        claims.seen(message(over.status(), "Restored"));
    }

    /**
     * Nothing is restarted to restore. The container that was left is known to have another setting than the key: the next experiment
     * does not believe the key. With FULL=1 only: the kubelet waits for up to 5 minutes before it starts a container again that has
     * ended several times.
     */
    @Full
    @Check("container/next-start")
    void nextStart(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy();
        Map<String, String> before = theirs.data();
        var leftOff = experiments.run("left-off", toggled("container").with(EXPECT_TIME_WAIT));
        Pod then = theirs.pod();
        claims.completed(leftOff.status());
        theirs.claimOwn(claims, before);
        claims.condition(leftOff.status(), "Restored", Truth.True);
        claims.assertThat(reason(leftOff.status(), "Restored"))
                .as("reason of it")
                .isEqualTo("AtNextStart");
        Await.pass(Duration.ofSeconds(5));
        sameContainer(then, theirs.pod(), 5, claims);
        experiments.delete("left-off");
        // The key says on, and the container runs with off: taken for on, its leftovers would keep the new one from
        // binding.
        var leftOn = experiments.run("left-on", toggled("container").with("reuseAddress: {value: true}"), 900);
        claims.completed(leftOn.status());
        claims.outcome(leftOn.record(), Outcome.bound, null);
        claims.assertThat(leftOn.record().reuse()).as("reuse").isEqualTo(Records.ON);
        theirs.claimOwn(claims, before);
        claims.condition(leftOn.status(), "Restored", Truth.True);
        claims.assertThat(reason(leftOn.status(), "Restored"))
                .as("reason of it")
                .isEqualTo("Restored");
        experiments.delete("left-on");
        claims.seen(
                "no restart to restore; the next experiment replaced the container that still ran with the setting of the one before");
    }

    private static void sameContainer(Pod then, Pod now, int seconds, Claims claims) {
        claims.assertThat(Pods.container(now).getContainerID())
                .as("containerID after %d s", seconds)
                .isEqualTo(Pods.container(then).getContainerID());
        claims.assertThat(Pods.restarts(now)).as("restarts after %d s", seconds).isEqualTo(Pods.restarts(then));
    }

    /** Deleted in the middle of a cycle: the key has its own value again. */
    @Check("restored/deleted")
    void deleted(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy();
        Map<String, String> before = theirs.data();
        experiments.start("doomed", toggled("container"));
        experiments.await("doomed", "the key is changed", status -> status.toggled() != null);
        theirs.awaitOtherThan(before);
        experiments.delete("doomed");
        // The deletion waits for nobody.
        Await.until("the key has its own value", 240, () -> theirs.data().equals(before));
        theirs.claimOwn(claims, before);
        claims.seen("the key was given back");
    }

    /** A controller that dies while the key is changed: the next one gives it back. */
    @Check("restored/controller-killed")
    void controllerKilled(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy();
        Map<String, String> before = theirs.data();
        experiments.start("orphan", toggled("container").with("clients: {connections: 0}"));
        experiments.await("orphan", "the key is changed", status -> status.toggled() != null);
        theirs.awaitOtherThan(before);
        release.deleteAtOnce(release.pod("controller"));
        experiments.terminate("orphan");
        ExperimentStatus status = experiments.over("orphan");
        claims.phase(status, Phase.Aborted);
        theirs.claimOwn(claims, before);
        claims.assertThat(status.toggled()).as("status.toggled").isNull();
        experiments.delete("orphan");
        claims.seen("another controller gave the key back");
    }

    /** The server is gone for longer than is allowed: the experiment ends, and the key is given back. */
    @Check("restored/gone-too-long")
    void goneTooLong(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy();
        Map<String, String> before = theirs.data();
        experiments.start("long", toggled("container").with("maxUnavailableSeconds: 15"));
        ExperimentStatus status = experiments.over("long");
        claims.phase(status, Phase.Aborted);
        claims.assertThat(message(status, "Passed")).as("why").contains("gone for more than 15 s");
        theirs.claimOwn(claims, before);
        release.rolledOut("deployment/" + Theirs.NAME);
        experiments.delete("long");
        claims.seen(message(status, "Passed"));
    }
}
