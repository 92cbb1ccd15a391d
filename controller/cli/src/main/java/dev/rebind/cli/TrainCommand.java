package dev.rebind.cli;

import dev.rebind.engine.LocalLab;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.plan.Planner;
import dev.rebind.report.terminal.Progress;
import java.io.StringReader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code rebind train}: goes through the steps of a run, so that the JVM can write its ahead-of-time cache. */
@Command(name = "train", hidden = true, description = "Goes through what a run does, for the ahead-of-time cache.")
final class TrainCommand implements Callable<Integer> {
    private static final String EXPERIMENT = """
            apiVersion: rebind.dev/v1alpha1
            kind: RebindExperiment
            metadata:
              name: training
            spec:
              restart:
                mode: listener
              clients:
                connections: 0
              reuseAddress:
                value: true
            """;

    @Override
    public Integer call() throws Exception {
        TrainingRun.childPrograms();
        TrainingRun.diagnosis();
        if (ExperimentFile.read("training.yaml", new StringReader(EXPERIMENT))
                instanceof ExperimentFile.Read.Experiments experiments) {
            try (var lab = new LocalLab();
                    var progress = Progress.silent()) {
                for (var sourced : experiments.experiments()) {
                    lab.run(Planner.plan(sourced.experiment()), new TrainingRun(progress));
                }
            }
        }
        return ExitCode.PASS;
    }
}
