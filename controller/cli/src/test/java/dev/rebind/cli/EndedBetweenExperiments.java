package dev.rebind.cli;

import dev.rebind.engine.LocalLab;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.record.CycleRecord;
import dev.rebind.report.SampleRun;
import dev.rebind.report.folder.ReportFolder;
import dev.rebind.report.terminal.Progress;
import dev.rebind.report.terminal.Terminal;
import dev.rebind.report.terminal.Waiting;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code rebind run} of two experiments, which sends itself SIGTERM after the first and goes on with the second once the
 * JVM has begun to end. Argument: the folder of the report.
 */
final class EndedBetweenExperiments {
    private static final String EXPERIMENTS = """
        apiVersion: rebind.dev/v1alpha1
        kind: RebindExperiment
        metadata: {name: first}
        spec:
          cycles: 1
          restart: {mode: listener, close: server}
          reuseAddress: {value: true}
          clients: {connections: 0}
        ---
        apiVersion: rebind.dev/v1alpha1
        kind: RebindExperiment
        metadata: {name: second}
        spec:
          cycles: 1
          restart: {mode: listener, close: server}
          reuseAddress: {value: true}
          clients: {connections: 0}
        """;

    private EndedBetweenExperiments() {}

    public static void main(String[] arguments) throws IOException {
        List<Sourced> experiments = switch (ExperimentFile.read("test.yaml", new StringReader(EXPERIMENTS))) {
            case ExperimentFile.Read.Experiments read -> read.experiments();
            case ExperimentFile.Read.Problems problems -> throw new AssertionError(problems);
        };
        List<Plan> plans =
                experiments.stream().map(one -> Planner.plan(one.experiment())).toList();
        int exitCode;
        try (var lab = new LocalLab();
                ReportFolder folder = ReportFolder.open(Path.of(arguments[0]))) {
            var live = new LiveRun(experiments, plans, folder.records().file(), lab, SampleRun.MACHINE);
            exitCode = RunCommand.run(
                    plans,
                    lab,
                    live,
                    null,
                    folder,
                    SampleRun.MACHINE,
                    Terminal.detect(),
                    new EndsBeforeSecond(),
                    Results::print,
                    new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        }
        System.exit(exitCode);
    }

    private static final class EndsBeforeSecond implements Progress {
        @Override
        public void experiment(String name, @Nullable Integer planned) {
            if (name.equals("second")) {
                terminate();
                awaitEnding();
            }
        }

        @Override
        public void waiting(String experiment, int cycle, Waiting waiting) {}

        private static void terminate() {
            try {
                var _ = new ProcessBuilder(
                                "kill",
                                "-TERM",
                                Long.toString(ProcessHandle.current().pid()))
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** A JVM that has begun to end takes no more hooks; there is no other way to ask. */
        private static void awaitEnding() {
            var hook = new Thread(() -> {});
            try {
                while (true) {
                    Runtime.getRuntime().addShutdownHook(hook);
                    Runtime.getRuntime().removeShutdownHook(hook);
                    Thread.onSpinWait();
                }
            } catch (IllegalStateException _) {
                return;
            }
        }

        @Override
        public void step(String experiment, int cycle, String what) {}

        @Override
        public void cycle(CycleRecord record) {}

        @Override
        public void close() {}
    }
}
