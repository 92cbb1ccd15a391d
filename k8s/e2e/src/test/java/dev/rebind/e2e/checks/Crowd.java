package dev.rebind.e2e.checks;

import static dev.rebind.e2e.cluster.Cluster.client;
import static dev.rebind.e2e.cluster.Experiments.cycles;
import static dev.rebind.e2e.junit.Claims.upTo;

import dev.rebind.e2e.cluster.ApiWrites;
import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.ControllerMemory;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Spec;
import dev.rebind.e2e.cluster.Tool;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Failures;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Many experiments at once, and what they cost. For one thread. */
@Command(
        name = "crowd",
        description = {
            "Runs many experiments at once in a release that is installed, and measures the controller: memory, API writes a cycle, how soon",
            "a new experiment is taken, how soon lists are answered. Of those that do not run a third is over, a third is paused, and a third",
            "waits for a target that another one holds. The release is in the namespace RELEASE_NAMESPACE (default rebind)."
        })
public final class Crowd implements Callable<Integer> {
    private static final int MEMORY_MIB = 256;
    private static final double WRITES = 3;
    private static final String TARGET = "crowd-target";

    @Parameters(index = "0", paramLabel = "EXPERIMENTS", defaultValue = "500", description = "All in all.")
    private int all;

    @Parameters(index = "1", paramLabel = "RUNNING", defaultValue = "50", description = "Those of them that run.")
    private int running;

    @Option(names = "--seconds", defaultValue = "240", description = "How long they run.")
    private int seconds;

    @Option(names = "--interval", defaultValue = "5000", description = "Milliseconds between two cycles of one.")
    private int interval;

    @Option(names = "--leave", description = "Leave the experiments and their targets.")
    private boolean leave;

    private final Claims claims = new Claims();
    private final List<Double> memory = new ArrayList<>();
    private final List<Double> taken = new ArrayList<>();
    private final List<Double> kubectl = new ArrayList<>();
    private final List<Double> page = new ArrayList<>();

    @Override
    public Integer call() {
        String namespace = System.getenv().getOrDefault("RELEASE_NAMESPACE", "rebind");
        Release release = Release.installedIn(namespace);
        try {
            run(release, new Experiments(release));
            claims.assertAll();
            System.out.println("ok");
            return 0;
        } catch (AssertionError | BrokenException | KubernetesClientException e) {
            System.err.println("FAILED: " + Failures.text(e));
            return 1;
        } finally {
            if (!leave) {
                clear(release);
            }
        }
    }

    private void run(Release release, Experiments experiments) {
        int restarts = Pods.restarts(release.pod("controller"));
        targets(release);
        int others = (all - running) / 3;
        say("%d targets are ready".formatted(running));
        over(release, experiments, others);
        say("%d experiments are over".formatted(others));
        int paused = all - running - 2 * others;
        apply(release, names("paused", paused), number -> on(number, 1).with("suspend: true"));
        apply(
                release,
                names("running", running),
                number -> on(number, 1).with("{cycles: null, duration: %ds}".formatted(seconds + 60)));
        await(experiments, "running-", running, "run", status -> status.cycles().done() > 0);
        apply(release, names("waiting", others), number -> on(number, 1));
        // Before that is told, each has a write to come that no cycle makes.
        await(
                experiments,
                "waiting-",
                others,
                "wait",
                status ->
                        status.phase() == Phase.Pending && "TargetHeld".equals(Experiments.reason(status, "Accepted")));
        say("%d run, %d are paused, %d wait".formatted(running, paused, others));
        measure(release, experiments);
        awaitOver(experiments, "running-", running, seconds + 600);
        awaitOver(experiments, "waiting-", others, 1200);
        held(experiments);
        claims.noRestart(release, restarts);
    }

    /** One is run; the others get its status, with as many records as a status has. */
    private void over(Release release, Experiments experiments, int others) {
        experiments.start("over", on(0, ExperimentStatus.RECORDS).with("restart: {interval: 0ms}"));
        claims.completed(experiments.over("over"));
        RebindExperiment model = experiments.get("over");
        List<String> copies = names("over", others - 1);
        apply(release, copies, number -> on(number, 1).with("suspend: true"));
        await(experiments, "over-", others - 1, "are paused", status -> status.phase() == Phase.Paused);
        for (String name : copies) {
            RebindExperiment one = experiments.get(name);
            one.setStatus(model.getStatus());
            client().resource(one).updateStatus();
        }
        // It still has them as paused; the next one finds them over.
        release.deleteAtOnce(release.pod("controller"));
        release.rolledOut("deployment/" + Release.NAME + "-controller");
        Await.until("a controller leads", 300, release::isLed);
    }

    private static void say(String what) {
        System.out.println(what);
    }

    private static List<String> names(String kind, int count) {
        return IntStream.range(0, count).mapToObj(number -> kind + "-" + number).toList();
    }

    /** An experiment on one of the targets. The chart's clients work for one experiment at a time, so there are none. */
    private Spec on(int number, int cycles) {
        return Specs.experiment(Mode.listener, true, cycles)
                .with("restart: {interval: %dms}".formatted(interval))
                .with("clients: {connections: 0}")
                .with("expect: {outcome: bound}")
                .with("target: {workloadRef: {kind: Deployment, name: %s-%d}}".formatted(TARGET, number % running));
    }

    private static void apply(Release release, List<String> names, IntFunction<Spec> spec) {
        String documents = IntStream.range(0, names.size())
                .mapToObj(number -> Experiments.document(names.get(number), spec.apply(number)))
                .collect(Collectors.joining("\n---\n"));
        Tool.must(
                List.of("kubectl", "-n", release.namespace(), "apply", "--server-side", "-f", "-"),
                documents,
                Duration.ofMinutes(5));
    }

    /** Copies of the release's server, each with an agent of its own. They start a few at a time. */
    private void targets(Release release) {
        String namespace = release.namespace();
        var server = client().apps()
                .deployments()
                .inNamespace(namespace)
                .withName(Release.NAME + "-server")
                .require();
        for (int number = 0; number < running; number++) {
            String name = TARGET + "-" + number;
            Cluster.apply(namespace, ServerCopy.of(server, name));
            if (number % 5 == 4 || number == running - 1) {
                release.rolledOut("deployment/" + name);
            }
        }
        client().apps().deployments().inNamespace(namespace).withLabel(ServerCopy.LABEL).list().getItems().stream()
                .map(one -> one.getMetadata().getName())
                .forEach(name -> release.rolledOut("deployment/" + name));
    }

    private static List<ExperimentStatus> statuses(Experiments experiments, String prefix) {
        return experiments.all().stream()
                .filter(one -> one.getMetadata().getName().startsWith(prefix))
                .map(StatusJson::of)
                .toList();
    }

    private static void await(
            Experiments experiments, String prefix, int count, String what, Predicate<ExperimentStatus> holds) {
        await(experiments, prefix, count, what, 300, holds);
    }

    private static void await(
            Experiments experiments,
            String prefix,
            int count,
            String what,
            int patience,
            Predicate<ExperimentStatus> holds) {
        Await.until(
                count + " of " + prefix + " " + what,
                patience,
                Duration.ofSeconds(5),
                () -> statuses(experiments, prefix).stream().filter(holds).count() == count);
    }

    private void awaitOver(Experiments experiments, String prefix, int count, int patience) {
        await(
                experiments,
                prefix,
                count,
                "are over",
                patience,
                status -> status.phase().isOver());
        claims.assertThat(statuses(experiments, prefix).stream()
                        .filter(status -> status.verdict() != Verdict.Pass || status.phase() != Phase.Completed)
                        .map(status -> status.phase() + " " + status.verdict() + " " + status.conditions())
                        .limit(3))
                .as("those of %s that did not pass", prefix)
                .isEmpty();
    }

    private void measure(Release release, Experiments experiments) {
        ApiWrites before = ApiWrites.soFar();
        long done = done(experiments);
        Instant began = Instant.now();
        for (int probe = 0; Duration.between(began, Instant.now()).toSeconds() < seconds - 30; probe++) {
            ControllerMemory.mebibytes(release).ifPresent(memory::add);
            taken.add(untilTaken(experiments, "probe-" + probe));
            kubectl.add(timed(() -> Tool.kubectl("-n", release.namespace(), "get", "rbx")));
            page.add(timed(() -> Cluster.json("/api/v1/namespaces/" + release.namespace() + "/services/" + Release.NAME
                    + "-controller:http/proxy/v1/experiments")));
            Await.pass(Duration.ofSeconds(10));
        }
        ApiWrites spent = ApiWrites.soFar().since(before);
        long cycles = done(experiments) - done;
        double span = Records.seconds(Duration.between(began, Instant.now()));
        claims.assertThat(cycles).as("cycles in that time").isPositive();
        // Those of the probes: each is created, taken, ends and is deleted, and has one event.
        double each = spent.ofExperiments() / cycles;
        double most = memory.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        say("%d cycles in %.0f s, %.1f a second; written: %s"
                .formatted(cycles, span, cycles / span, spent.byResource()));
        say("API writes a cycle (experiments and events, of the whole cluster): %.2f".formatted(each));
        say("memory of the controller: at most %.0f MiB".formatted(most));
        say("seconds from the creation of an experiment to its acceptance: " + told(taken));
        say("seconds of kubectl get rbx: " + told(kubectl));
        say("seconds of GET /v1/experiments: " + told(page));
        claims.assertThat(each).as("API writes a cycle").isBetween(0.5, WRITES);
        claims.assertThat(most).as("MiB of the controller").isBetween(10.0, (double) MEMORY_MIB);
        claims.assertThat(Collections.max(taken))
                .as("seconds until an experiment is taken")
                .isLessThan(30);
    }

    private static long done(Experiments experiments) {
        return statuses(experiments, "").stream()
                .mapToLong(status -> status.cycles().done())
                .sum();
    }

    /** Of one that touches nothing. */
    private double untilTaken(Experiments experiments, String name) {
        double time = timed(() -> {
            experiments.start(name, on(0, 1).with("dryRun: true"));
            experiments.await(
                    name,
                    "is taken",
                    120,
                    Duration.ofMillis(50),
                    status -> status.phase().isOver());
        });
        experiments.delete(name);
        return time;
    }

    private static double timed(Runnable work) {
        Instant before = Instant.now();
        work.run();
        return Records.seconds(Duration.between(before, Instant.now()));
    }

    private static String told(List<Double> times) {
        List<Double> sorted = times.stream().sorted().toList();
        return "median %.2f, longest %.2f (of %d)"
                .formatted(sorted.get(sorted.size() / 2), sorted.getLast(), sorted.size());
    }

    /** As many records as cycles are counted, none missing and none twice. */
    private void held(Experiments experiments) {
        for (String prefix : List.of("running-", "waiting-")) {
            List<RebindExperiment> these = experiments.all().stream()
                    .filter(one -> one.getMetadata().getName().startsWith(prefix))
                    .toList();
            for (RebindExperiment one : these) {
                String name = one.getMetadata().getName();
                claims.assertThat(cycles(experiments.records(name)))
                        .as("cycles in the records of " + name)
                        .isEqualTo(upTo(StatusJson.of(one).cycles().done()));
            }
        }
    }

    private static void clear(Release release) {
        Tool.tryKubectl("-n", release.namespace(), "delete", "rbx", "--all", "--timeout=300s");
        Tool.tryKubectl("-n", release.namespace(), "delete", "deployments", "-l", ServerCopy.LABEL, "--timeout=300s");
    }
}
