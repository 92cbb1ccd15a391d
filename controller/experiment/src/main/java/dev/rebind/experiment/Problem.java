package dev.rebind.experiment;

import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with an experiment, explained to the person who wrote it.
 *
 * @param severity a warning does not keep the experiment from running
 * @param file the file as it was named on the command line
 * @param line line number, from 1; null where no line can be named
 * @param field full path, such as {@code spec.restart.mode} or {@code spec.steps[1].clients}; null for the file itself
 * @param message one sentence that says what is wrong and what to do instead
 */
public record Problem(
        Severity severity,
        String file,
        @Nullable Integer line,
        @Nullable String field,
        String message) {
    public enum Severity {
        error,
        warning
    }

    /** Returns one line, for example {@code file.yaml:12: spec.restart.mdoe: unknown field; did you mean mode?}. */
    @Override
    public String toString() {
        return file
                + (line == null ? "" : ":" + line)
                + ": "
                + (severity == Severity.warning ? "warning: " : "")
                + (field == null ? "" : field + ": ")
                + message;
    }
}
