package dev.rebind.experiment.file;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Problem.Severity;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Says where a text is not valid YAML, and why. The parser names the rule that was broken, which is seldom the mistake to correct. */
final class NotYaml {
    private NotYaml() {}

    static Problem problem(String file, String text, MarkedYAMLException e) {
        Mark mark = e.getProblemMark();
        Mark context = e.getContextMark();
        String problem = e.getProblem() == null ? String.valueOf(e.getMessage()) : e.getProblem();
        List<String> lines = mark == null ? List.of() : text.lines().toList();
        if (context != null && problem.startsWith("could not find expected ':'")) {
            return at(file, context, "expected a colon and a space after a field's name, found none in this line");
        }
        String reason = tab(lines, mark)
                .or(() -> mark == null ? Optional.empty() : Indentation.wrong(lines, mark))
                .or(() -> colon(lines, mark, problem))
                .orElseGet(() ->
                        Excerpt.of(problem) + (e.getContext() == null ? "" : " (" + Excerpt.of(e.getContext()) + ")"));
        return at(file, mark, reason);
    }

    private static Problem at(String file, @Nullable Mark mark, String reason) {
        return new Problem(Severity.error, file, mark == null ? null : mark.getLine() + 1, null, "not YAML: " + reason);
    }

    private static Optional<String> colon(List<String> lines, @Nullable Mark mark, String problem) {
        if (mark == null || mark.getLine() >= lines.size() || !problem.equals("mapping values are not allowed here")) {
            return Optional.empty();
        }
        int first = lines.get(mark.getLine()).indexOf(": ");
        return Optional.of(
                first >= 0 && first < mark.getColumn()
                        ? "expected one field in the line, found a second colon; begin a new line after the first colon,"
                                + " or put the value in quotes"
                        : "found a colon where no field can begin; put a text that has one in quotes");
    }

    private static Optional<String> tab(List<String> lines, @Nullable Mark mark) {
        if (mark == null || mark.getLine() >= lines.size()) {
            return Optional.empty();
        }
        String line = lines.get(mark.getLine());
        return line.substring(0, line.length() - line.stripLeading().length()).contains("\t")
                ? Optional.of("the line is indented with a tab; YAML wants spaces")
                : Optional.empty();
    }
}
