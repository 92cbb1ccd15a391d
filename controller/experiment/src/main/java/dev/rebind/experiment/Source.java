package dev.rebind.experiment;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an experiment was read from.
 *
 * @param file the file as it was named
 * @param text the text of the YAML document
 * @param lines line numbers of all written fields, by full path
 * @param warnings problems that do not keep the experiment from running
 */
public record Source(String file, String text, Map<String, Integer> lines, List<Problem> warnings) {
    public Source {
        lines = Map.copyOf(lines);
        warnings = List.copyOf(warnings);
    }

    /** Returns a problem at the line of a field. If the field was not written, the line is that of the nearest written field around it. */
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
