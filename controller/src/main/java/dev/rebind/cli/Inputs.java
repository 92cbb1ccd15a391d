package dev.rebind.cli;

import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The experiments that a command is about: files, or the bundled ones. */
final class Inputs {
    /** The order of the tour: the story that the documentation tells. */
    static final List<String> TOUR = List.of(
            "server-closes-first",
            "client-closes-first",
            "client-stalls",
            "client-stalls-full",
            "child-still-serving",
            "reset",
            "killed",
            "reuse-address",
            "toggle",
            "still-listening",
            "many-servers",
            "strangers",
            "matrix",
            "wait-it-out");

    private Inputs() {}

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
        var experiments = new ArrayList<Sourced>();
        for (String name : TOUR) {
            Optional<List<Sourced>> read = bundled(name, err);
            if (read.isEmpty()) {
                return Optional.empty();
            }
            read.get().stream()
                    .filter(sourced -> longOnes || !sourced.experiment().isLong())
                    .forEach(experiments::add);
        }
        return Optional.of(experiments);
    }

    private static Optional<List<Sourced>> bundled(String name, PrintWriter err) {
        String resource = "/dev/rebind/tour/" + name + ".yaml";
        InputStream in = Inputs.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException(resource + " is not packaged");
        }
        try (Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            return good(ExperimentFile.read(name + ".yaml", reader), err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
