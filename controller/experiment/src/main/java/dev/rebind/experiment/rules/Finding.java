package dev.rebind.experiment.rules;

import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Problem.Severity;
import dev.rebind.experiment.Source;
import java.util.List;

/**
 * Something that is wrong with an experiment although each field alone is valid.
 *
 * @param fields full paths of the fields that cause it; messages name the first one
 * @param message what is wrong and what to do instead
 */
public record Finding(List<String> fields, String message) {
    public Finding {
        fields = List.copyOf(fields);
    }

    public String field() {
        return fields.getFirst();
    }

    /** Returns this finding as an error at its place in the experiment's file. */
    public Problem in(Source source) {
        return source.problem(Severity.error, field(), message);
    }
}
