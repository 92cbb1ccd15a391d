package dev.rebind.experiment.file;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Problem.Severity;
import dev.rebind.experiment.Sourced;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads experiment files: YAML in UTF-8 with one or more experiments each, within {@link FileLimits}. Blocks while it reads. Mistakes of
 * the writer become problems, never exceptions.
 */
public final class ExperimentFile {
    private ExperimentFile() {}

    /** The result of reading: either experiments that can be planned, or all problems. */
    public sealed interface Read {
        /** @param experiments at least one, in the order of the files; all names differ */
        record Experiments(List<Sourced> experiments) implements Read {
            public Experiments {
                experiments = List.copyOf(experiments);
            }
        }

        /**
         * @param problems at least one, in the order of files, documents and lines. If there are more than {@link FileLimits#PROBLEMS}, it
         * has the first ones, and one that says how many more there are
         */
        record Problems(List<Problem> problems) implements Read {
            public Problems {
                problems = List.copyOf(problems);
            }
        }
    }

    public static Read read(Path path) {
        return read(List.of(path));
    }

    /** Reads all files of one run; there must be at least one. */
    public static Read read(List<Path> paths) {
        var gathering = new ErrorCollector();
        for (Path path : paths) {
            gathering.add(path.toString(), DecodedFile.file(path));
        }
        return gathering.read();
    }

    /**
     * Reads a document from a reader and does not close the reader.
     *
     * @param name the name to use in problems
     */
    public static Read read(String name, Reader reader) {
        var gathering = new ErrorCollector();
        gathering.add(name, decode(name, reader));
        return gathering.read();
    }

    /**
     * Reads a document that is a JSON tree, such as a resource of the API server. All problems are on line 1, and the source of the
     * experiment has no text.
     *
     * @param name the name to use in problems
     */
    public static Read read(String name, JsonNode document) {
        var gathering = new ErrorCollector();
        gathering.add(name, document);
        return gathering.read();
    }

    /** Reads a document that was accepted before. It skips the rules between fields, so that rules added later do not refuse it. */
    public static Read accepted(String name, JsonNode document) {
        var gathering = new ErrorCollector(false);
        gathering.add(name, document);
        return gathering.read();
    }

    private static DecodedFile decode(String name, Reader reader) {
        var text = new StringBuilder();
        var buffer = new char[8192];
        try {
            for (int n = reader.read(buffer);
                    n >= 0 && text.length() <= FileLimits.FILE_BYTES;
                    n = reader.read(buffer)) {
                text.append(buffer, 0, n);
            }
            return DecodedFile.text(name, text.toString());
        } catch (IOException e) {
            return new DecodedFile.Refused(
                    new Problem(Severity.error, name, null, null, "cannot be read: " + e.getMessage()));
        }
    }
}
