package dev.rebind.cli;

import dev.rebind.engine.ExperimentRunner;
import dev.rebind.record.CycleRecord;
import dev.rebind.report.terminal.Progress;
import picocli.CommandLine;

/** What a training run goes through beside the experiment itself. */
record TrainingRun(Progress progress) implements ExperimentRunner.Listener {
    /** The commands of the children, up to their help: their settings and their libraries are loaded. */
    static void childPrograms() {
        CommandLine line = Main.commandLine();
        line.getSubcommands().values().forEach(command -> command.getUsageMessage());
    }

    @Override
    public void step(String experiment, int cycle, String what) {
        progress.step(experiment, cycle, what);
    }

    @Override
    public void record(CycleRecord record) {
        progress.cycle(record);
    }
}
