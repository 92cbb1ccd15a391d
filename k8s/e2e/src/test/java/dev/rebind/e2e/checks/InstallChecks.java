package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.cluster.Tool.helm;
import static dev.rebind.e2e.cluster.Tool.kubectl;
import static dev.rebind.e2e.junit.Claims.bound;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.experiment.restart.Mode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The chart's life, in a namespace of its own, from nothing to nothing. */
final class InstallChecks {
    /** What Kubernetes itself makes in a namespace, or keeps for a while. */
    private static final Pattern KUBERNETES = Pattern.compile(
            "(configmap/kube-root-ca\\.crt|serviceaccount/default|event/|event\\.events\\.k8s\\.io/|podmetrics).*");

    private static final String CHANGED = "controller.resources.requests.cpu=51m";

    @RegisterExtension
    static final Lane LANE = Lane.named("install").notInstalled();

    @Check("helm/install-upgrade-uninstall")
    void installs(Release release, Experiments experiments, Claims claims) {
        boolean ownCrd = !Cluster.crdIsThere();
        List<String> arguments = release.flags(Map.of("crds.install", ownCrd));
        release.makeNamespaces();
        helm("install", arguments);
        release.ready();
        if (ownCrd) {
            kubectl("wait", "--for=condition=Established", "crd/" + Cluster.CRD, "--timeout=300s");
        }
        claims.completed(
                experiments.run("first", experiment(Mode.process, true, 1)).status());
        tested(release, experiments, claims);
        upgraded(release, arguments, claims);
        // A controller that waits for the Lease takes the new experiment late.
        var second = experiments.run("second", experiment(Mode.process, true, 1));
        claims.completed(second.status());
        claims.counted(second.status(), bound(1));
        claims.completed(experiments.status("first"));
        experiments.delete("first", "second");
        helm("uninstall", List.of(Release.NAME, "-n", release.namespace(), "--wait"));
        Await.reached("nothing", 240, () -> leftovers(release.namespace()).isEmpty());
        claims.assertThat(leftovers(release.namespace()))
                .as("what is left in the namespace")
                .isEmpty();
        claims.assertThat(clusterWide(release.namespace()))
                .as("what is left of cluster roles")
                .isEmpty();
        var crd = Cluster.client()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(Cluster.CRD)
                .get();
        claims.assertThat(crd).as("the CustomResourceDefinition, which is kept").isNotNull();
        if (ownCrd && crd != null) {
            claims.assertThat(crd.getMetadata().getAnnotations())
                    .as("its annotations")
                    .containsEntry("helm.sh/resource-policy", "keep");
        }
        claims.seen("installed, tested, upgraded twice, uninstalled: nothing left but the CustomResourceDefinition"
                + (ownCrd ? "" : "; it was there before and was not installed"));
    }

    private static void tested(Release release, Experiments experiments, Claims claims) {
        String tested = helm("test", List.of(Release.NAME, "-n", release.namespace(), "--timeout", "5m"));
        claims.assertThat(tested).as("helm test").contains("Succeeded");
        claims.assertThat(experiments.find(Release.NAME + "-test"))
                .as("its experiment, which is deleted")
                .isEmpty();
    }

    private static void upgraded(Release release, List<String> arguments, Claims claims) {
        Map<String, String> pods = pods(release);
        int restarts = Pods.restarts(release.pod("controller"));
        helm("upgrade", arguments);
        release.ready();
        claims.assertThat(pods(release))
                .as("pods after an upgrade that changes nothing")
                .isEqualTo(pods);
        claims.noRestart(release, restarts);
        claims.assertThat(release.leader())
                .as("the Lease's holder after it")
                .isEqualTo(Pods.name(release.pod("controller")));
        helm(
                "upgrade",
                Stream.concat(arguments.stream(), Stream.of("--set", CHANGED)).toList());
        release.ready();
        Await.until(
                "the new controller alone", 60, () -> release.pods("controller").size() == 1);
        claims.assertThat(Pods.uid(release.pod("controller")))
                .as("the controller after an upgrade of it")
                .isNotEqualTo(pods.get("controller"));
        claims.assertThat(Pods.uid(release.pod("server")))
                .as("the server after an upgrade of the controller")
                .isEqualTo(pods.get("server"));
    }

    private static Map<String, String> pods(Release release) {
        Map<String, String> uids = new TreeMap<>();
        List.of("server", "clients", "controller")
                .forEach(component -> uids.put(component, Pods.uid(release.pod(component))));
        return uids;
    }

    /** Names of all that is in a namespace, but for what Kubernetes puts there. */
    private static List<String> leftovers(String namespace) {
        String kinds = String.join(
                ",",
                kubectl("api-resources", "--namespaced", "--verbs=list", "-o", "name")
                        .lines()
                        .toList());
        return kubectl("get", kinds, "-n", namespace, "-o", "name", "--ignore-not-found")
                .lines()
                .filter(name -> !name.isBlank() && !KUBERNETES.matcher(name).matches())
                .sorted()
                .toList();
    }

    private static List<String> clusterWide(String namespace) {
        var client = Cluster.client();
        List<HasMetadata> found = new ArrayList<>();
        found.addAll(client.resources(ClusterRole.class).list().getItems());
        found.addAll(client.resources(ClusterRoleBinding.class).list().getItems());
        return found.stream()
                .map(one -> one.getKind() + "/" + one.getMetadata().getName())
                .filter(name -> name.contains("/" + namespace))
                .toList();
    }
}
