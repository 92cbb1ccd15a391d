package dev.rebind.cli;

import dev.rebind.engine.LocalLab;
import dev.rebind.engine.machine.PlanFit;
import dev.rebind.experiment.Sourced;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rebind validate FILE…}: what is wrong with experiment files, without running them. */
@Command(
        name = "validate",
        description = "Checks experiment files without running them.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:The files are valid.", "2:A file is not valid; standard error says why."})
final class ValidateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Experiment files.")
    List<Path> files = List.of();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        var line = java.util.Objects.requireNonNull(spec).commandLine();
        Optional<List<Sourced>> experiments = ExperimentInputs.read(files, true, line.getErr());
        if (experiments.isEmpty()) {
            return ExitCode.USAGE;
        }
        for (Sourced sourced : experiments.get()) {
            PlanFit fitting = LocalLab.check(List.of(sourced)).getFirst();
            // A file is not wrong because of the machine on which it is read: it may be meant for another.
            ExperimentInputs.say(fitting.problems(), line.getErr());
            line.getOut()
                    .println(sourced.source().file() + ": "
                            + sourced.experiment().metadata().name()
                            + (fitting.possible() ? " is valid" : " is valid, and cannot be run here now"));
        }
        line.getOut().flush();
        return ExitCode.PASS;
    }
}
