package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.EXPECT_TIME_WAIT;
import static dev.rebind.e2e.checks.Theirs.toggled;
import static dev.rebind.e2e.checks.Theirs.untoggled;

import dev.rebind.diagnosis.Cause;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.NodePort;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.CycleRecord;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Targets that are not ours, on the network of a node. */
@Below("targets/host-network")
final class HostTargetChecks {
    @RegisterExtension
    static final Lane LANE =
            Lane.named("targets-host").values(Theirs.VALUES).value("server.port", NodePort.TARGETS.number());

    /** On the network of its node what a pod leaves is there for the next one. */
    @Check("pod")
    void pod(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy(theirs.onNode());
        Map<String, String> before = theirs.data();
        var over = experiments.run("host-pod", theirs.portGiven(toggled("pod").with(EXPECT_TIME_WAIT)));
        CycleRecord record = over.record();
        claims.outcome(record, Outcome.failed, Cause.time_wait);
        claims.assertThat(record.cluster() == null ? null : record.cluster().network())
                .as("cluster.network")
                .isEqualTo("hostNetwork");
        claims.freshNamespace(record, false);
        claims.completed(over.status());
        theirs.claimOwn(claims, before);
        experiments.delete("host-pod");
        claims.seen(record.explanation());
    }

    /** A rolling update on the network of the node starts the new pod beside the old one, which has the port and is kept until the new one is ready. */
    @Check("overlap")
    void overlap(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        // No port is declared: the scheduler would keep two of them apart. Ready is not enough: without a probe that is
        // so before
        // it has tried to bind.
        theirs.deploy(theirs.onNode()
                .with(
                        "spec: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}, minReadySeconds: 30}")
                .withContainer("ports: null"));
        Map<String, String> before = theirs.data();
        // With a key to toggle, a container that started right after the key was made would be replaced before the
        // cycle: by a rollout, and
        // that one is held up as well.
        var over =
                experiments.run("overlap", theirs.portGiven(untoggled("rollout").with("""
            reuseAddress: {value: true}
            expect: {outcome: failed, cause: listener_old}
            retry: {timeout: 30s}
            """)));
        claims.outcome(over.record(), Outcome.failed, Cause.listener_old);
        theirs.claimOwn(claims, before);
        experiments.delete("overlap");
        claims.seen(over.record().explanation());
    }
}
