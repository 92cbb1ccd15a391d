package dev.rebind.experiment.file;

import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Problem.Severity;
import dev.rebind.experiment.rules.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Collects the problems of one document. A field that could not be read taints the fields that depend on it. A rule about a tainted field
 * is not applied, because it would complain about something that the writer did not write.
 */
final class ProblemCollector {
    private final String file;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final List<String> tainted = new ArrayList<>();

    private final int most;
    private int unkept;

    /** @param most most problems to keep; further ones are only counted */
    ProblemCollector(String file, int most) {
        this.file = file;
        this.most = most;
    }

    /** Whether no more problems are kept, so that callers need not make their messages. */
    boolean isFull() {
        return problems.size() >= most;
    }

    int unkept() {
        return unkept;
    }

    List<Problem> problems() {
        return problems.stream()
                .sorted(Comparator.comparingInt(problem -> problem.line() == null ? 0 : problem.line()))
                .toList();
    }

    /** The warnings: problems that do not make the document wrong. */
    List<Problem> warnings() {
        return List.copyOf(warnings);
    }

    void warning(String field, int line, String message) {
        if (warnings.size() < most) {
            warnings.add(new Problem(Severity.warning, file, line, field, message));
        }
    }

    void add(Problem problem) {
        if (isFull()) {
            unkept++;
        } else {
            problems.add(problem);
        }
    }

    void plain(String field, int line, String message) {
        add(new Problem(Severity.error, file, line, field.isEmpty() ? null : field, message));
    }

    void tainted(String field, int line, String message) {
        tainted(field, field, line, message);
    }

    /** @param meant the field that becomes tainted; it may differ from the field that the problem names */
    void tainted(String meant, String field, int line, String message) {
        plain(field, line, message);
        taint(meant);
    }

    void taint(String field) {
        if (!isFull()) {
            tainted.add(field);
        }
    }

    boolean trusts(Finding finding) {
        return finding.fields().stream()
                .noneMatch(field -> tainted.stream()
                        .anyMatch(taint -> taint.isEmpty() || within(field, taint) || within(taint, field)));
    }

    private static boolean within(String field, String around) {
        return field.startsWith(around)
                && (field.length() == around.length()
                        || field.charAt(around.length()) == '.'
                        || field.charAt(around.length()) == '[');
    }
}
