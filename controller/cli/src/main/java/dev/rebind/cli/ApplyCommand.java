package dev.rebind.cli;

import dev.rebind.agent.http.KubernetesClients;
import dev.rebind.child.DurationText;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Sourced;
import dev.rebind.operator.ClusterRun;
import dev.rebind.operator.ClusterRun.End;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.report.RequestWords;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code rebind apply FILE…}: lets a cluster's controller run experiments one after the other, and waits for them. {@code helm test} uses
 * it.
 */
@Command(
        name = "apply",
        description = "Lets the controller of a Kubernetes cluster run experiments, one after another: waits for each,"
                + " prints its records and deletes it. Uses the kubeconfig or the pod's account.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Every experiment passed.",
            "1:At least one failed.",
            "2:Bad input or usage; nothing was touched.",
            "3:None failed; at least one was inconclusive, could not be carried out, or was not over in time."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  rebind apply k8s/experiments/first-experiment.yaml",
            "  rebind apply --namespace rebind --timeout 5m --keep k8s/experiments"
        })
final class ApplyCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Experiment files, or folders: their *.yaml and *.yml files.")
    List<Path> files = List.of();

    @Option(
            names = "--namespace",
            paramLabel = "NAMESPACE",
            description = "Namespace of the experiments. Default: the kubeconfig's, or the pod's.")
    @Nullable
    String namespace;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "10m",
            converter = DurationText.class,
            description = "How long to wait for the end of each experiment. Default: ${DEFAULT-VALUE}.")
    Duration timeout = Duration.ofMinutes(10);

    @Option(names = "--keep", description = "Do not delete the experiments when they are over.")
    boolean keep;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        var line = Objects.requireNonNull(spec).commandLine();
        Optional<List<Sourced>> experiments = ExperimentInputs.read(files, true, line.getErr());
        if (experiments.isEmpty()) {
            return ExitCode.USAGE;
        }
        int code = ExitCode.PASS;
        try (KubernetesClient client = KubernetesClients.builder().build()) {
            String where = namespace == null ? Objects.requireNonNullElse(client.getNamespace(), "default") : namespace;
            var cluster = new ClusterRun(client, where);
            for (Sourced sourced : experiments.get()) {
                code = worse(code, run(cluster, sourced.experiment(), line.getOut()));
            }
        } catch (KubernetesClientException e) {
            line.getErr().println("rebind: " + e.getMessage());
            code = worse(code, ExitCode.INCONCLUSIVE);
        }
        line.getOut().flush();
        return code;
    }

    private int run(ClusterRun cluster, Experiment experiment, PrintWriter out) throws InterruptedException {
        String name = experiment.metadata().name();
        End end = cluster.run(experiment, timeout, said -> {
            out.println(name + ": " + said);
            out.flush();
        });
        int code = switch (end) {
            case End.Over(ExperimentStatus status) -> told(name, status, out);
            case End.TimeUp _ -> {
                out.println(name + ": not over within " + timeout.toSeconds() + " s");
                yield ExitCode.INCONCLUSIVE;
            }
            case End.Gone _ -> {
                out.println(name + ": was deleted");
                yield ExitCode.INCONCLUSIVE;
            }
        };
        if (!keep) {
            cluster.delete(experiment);
        }
        return code;
    }

    private static int told(String name, ExperimentStatus status, PrintWriter out) {
        for (CycleRecord record : status.records()) {
            out.println(name + " " + record.cycle() + ": " + record.verdict() + ": " + record.explanation());
        }
        out.println(name + ": " + status.cycles().done() + " cycles, "
                + status.cycles().bound() + " bound, " + status.cycles().failed() + " failed, verdict "
                + status.verdict());
        if (status.requests() != null) {
            out.println(name + ": " + RequestWords.totals(status.requests()));
        }
        return code(status);
    }

    /** The exit code of an experiment. A Pass counts only with the record of at least one cycle. */
    static int code(ExperimentStatus status) {
        Verdict verdict = status.verdict();
        boolean unproven = status.cycles().done() == 0 || status.records().isEmpty();
        return verdict == null || (verdict == Verdict.Pass && unproven) ? ExitCode.INCONCLUSIVE : verdict.exitCode();
    }

    /** Returns the exit code that decides: 1 (failed) first, then the higher one. */
    static int worse(int one, int other) {
        if (one == 1 || other == 1) {
            return 1;
        }
        return Math.max(one, other);
    }
}
