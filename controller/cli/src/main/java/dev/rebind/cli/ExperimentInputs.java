package dev.rebind.cli;

import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.experiment.file.Tour;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The experiments that a command is about: files, or the bundled ones. */
final class ExperimentInputs {
    private ExperimentInputs() {}

    /**
     * Reads the files; without any, the bundled experiments.
     *
     * @param longOnes whether the bundled ones that are marked long are taken too
     * @return empty when something is wrong, which has been said
     */
    static Optional<List<Sourced>> read(List<Path> files, boolean longOnes, PrintWriter err) {
        if (!files.isEmpty()) {
            return good(ExperimentFile.read(files), err);
        }
        return Optional.of(Tour.experiments().stream()
                .filter(sourced -> longOnes || !sourced.experiment().isLong())
                .toList());
    }

    private static Optional<List<Sourced>> good(ExperimentFile.Read read, PrintWriter err) {
        return switch (read) {
            case ExperimentFile.Read.Experiments experiments -> Optional.of(experiments.experiments());
            case ExperimentFile.Read.Problems problems -> {
                say(problems.problems(), err);
                yield Optional.empty();
            }
        };
    }

    static void say(List<Problem> problems, PrintWriter err) {
        problems.forEach(err::println);
        err.flush();
    }
}
