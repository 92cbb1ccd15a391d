package dev.rebind.cli;

import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.experiment.file.Tour;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the experiments for a command: from files, or the bundled ones. */
final class ExperimentInputs {
    private ExperimentInputs() {}

    /**
     * Reads the files, or the bundled experiments where no file is named.
     *
     * @param files files and folders; a folder stands for its *.yaml and *.yml files, sorted by name
     * @param longOnes whether to include bundled experiments that are marked as long
     * @return empty when something is wrong; the reason has then been printed
     */
    static Optional<List<Sourced>> read(List<Path> files, boolean longOnes, PrintWriter err) {
        if (!files.isEmpty()) {
            Optional<List<Path>> each = each(files, err);
            return each.isEmpty() ? Optional.empty() : good(ExperimentFile.read(each.get()), err);
        }
        return Optional.of(Tour.experiments().stream()
                .filter(sourced -> longOnes || !sourced.experiment().isLong())
                .toList());
    }

    private static Optional<List<Path>> each(List<Path> named, PrintWriter err) {
        var files = new ArrayList<Path>();
        for (Path path : named) {
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            try (Stream<Path> inside = Files.list(path)) {
                List<Path> experiments = inside.filter(file -> Files.isRegularFile(file) && isYaml(file))
                        .sorted()
                        .toList();
                if (experiments.isEmpty()) {
                    return refused(path, "has no *.yaml or *.yml file; name experiment files", err);
                }
                files.addAll(experiments);
            } catch (IOException | UncheckedIOException e) {
                return refused(path, "cannot be listed: " + e.getMessage(), err);
            }
        }
        return Optional.of(files);
    }

    private static boolean isYaml(Path file) {
        String name = file.toString();
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    private static Optional<List<Path>> refused(Path folder, String why, PrintWriter err) {
        say(List.of(new Problem(Problem.Severity.error, folder.toString(), null, null, why)), err);
        return Optional.empty();
    }

    private static Optional<List<Sourced>> good(ExperimentFile.Read read, PrintWriter err) {
        return switch (read) {
            case ExperimentFile.Read.Experiments(List<Sourced> experiments) -> {
                experiments.forEach(experiment -> say(experiment.source().warnings(), err));
                yield Optional.of(experiments);
            }
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
