package dev.rebind.experiment.rules;

import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Problem.Severity;
import dev.rebind.experiment.Source;
import java.util.List;

/**
 * Something that is wrong with an experiment whose fields are all well written.
 *
 * @param fields full paths of the fields that it comes from; the first is the one to name
 * @param message what is wrong and what to do instead
 */
public record Finding(List<String> fields, String message) {
    public Finding {
        fields = List.copyOf(fields);
    }

    public String field() {
        return fields.getFirst();
    }

    /** The same as an error at its place in the file that the experiment is from. */
    public Problem in(Source source) {
        return source.problem(Severity.error, field(), message);
    }
}
