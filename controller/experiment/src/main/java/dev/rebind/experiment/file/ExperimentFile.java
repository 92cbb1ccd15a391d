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
 * Experiment files: YAML, one experiment or more in each, UTF-8, within {@link FileLimits}. Blocks for the time of reading a file;
 * throws nothing for what a writer can do wrong.
 */
public final class ExperimentFile {
    private ExperimentFile() {}

    /** What came of reading: experiments that can be planned, or everything that is wrong. */
    public sealed interface Read {
        /** @param experiments at least one, in the order of the files, each name once */
        record Experiments(List<Sourced> experiments) implements Read {
            public Experiments {
                experiments = List.copyOf(experiments);
            }
        }

        /**
         * @param problems at least one, in the order of files, documents and lines; of more than {@link FileLimits#PROBLEMS}
         *     the first ones, and one that says how many more there are
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

    /** The files of one run, at least one. */
    public static Read read(List<Path> paths) {
        var gathering = new ErrorCollector();
        for (Path path : paths) {
            gathering.add(path.toString(), DecodedFile.file(path));
        }
        return gathering.read();
    }

    /**
     * What a reader gives; it is not closed.
     *
     * @param name to be named in problems
     */
    public static Read read(String name, Reader reader) {
        var gathering = new ErrorCollector();
        gathering.add(name, decode(name, reader));
        return gathering.read();
    }

    /**
     * A document that is a tree already, such as a resource of the API server. Every problem is on line 1, and the source of
     * the experiment has no text.
     *
     * @param name to be named in problems
     */
    public static Read read(String name, JsonNode document) {
        var gathering = new ErrorCollector();
        gathering.add(name, document);
        return gathering.read();
    }

    /** The same of one that was accepted before: rules that came after that refuse it no more. */
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
