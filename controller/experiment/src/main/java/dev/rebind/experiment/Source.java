package dev.rebind.experiment;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an experiment was read from.
 *
 * @param file as it was named
 * @param text the YAML document itself
 * @param lines of each field that was written, by its full path
 * @param warnings what its writer should know of it, though it can be run
 */
public record Source(String file, String text, Map<String, Integer> lines, List<Problem> warnings) {
    public Source {
        lines = Map.copyOf(lines);
        warnings = List.copyOf(warnings);
    }

    /** A problem at the line of a field, or of the nearest field around it that was written. */
    public Problem problem(Problem.Severity severity, String field, String message) {
        return new Problem(severity, file, line(field), field, message);
    }

    private @Nullable Integer line(String field) {
        for (String path = field; ; path = path.substring(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('[')))) {
            Integer line = lines.get(path);
            if (line != null || (path.indexOf('.') < 0 && path.indexOf('[') < 0)) {
                return line;
            }
        }
    }
}
