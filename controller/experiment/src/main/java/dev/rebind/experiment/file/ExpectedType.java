package dev.rebind.experiment.file;

import dev.rebind.experiment.schema.Shape;
import dev.rebind.experiment.schema.Shape.Choice;
import dev.rebind.experiment.schema.Shape.Entry;
import dev.rebind.experiment.schema.Shape.Flag;
import dev.rebind.experiment.schema.Shape.ListOf;
import dev.rebind.experiment.schema.Shape.Names;
import dev.rebind.experiment.schema.Shape.Obj;
import dev.rebind.experiment.schema.Shape.Span;
import dev.rebind.experiment.schema.Shape.Text;
import dev.rebind.experiment.schema.Shape.Whole;
import dev.rebind.sockets.Series;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Says what is expected in place of a wrong value: {@code expected …, found …; did you mean …?}. */
final class ExpectedType {
    private ExpectedType() {}

    /** @param path path of the field; a suggestion repeats its last part */
    static String message(Shape shape, Node node, String path) {
        if (!(node instanceof ScalarNode scalar)) {
            return "expected " + wanted(shape) + ", found a " + (node instanceof MappingNode ? "map" : "list");
        }
        YamlScalars.Kind kind = YamlScalars.kind(scalar);
        if (kind == YamlScalars.Kind.NOTHING
                && !(shape instanceof Text && !scalar.getValue().isEmpty())) {
            return "expected " + wanted(shape) + ", found no value; write one, or remove the field";
        }
        if (shape instanceof Text && kind != YamlScalars.Kind.TAGGED) {
            String value = scalar.getValue();
            return "expected text, found " + YamlScalars.shown(value)
                    + ", which YAML readers take for something else; put it in quotes"
                    + (value.length() > YamlScalars.SHOWN ? "" : ": \"" + value + "\"");
        }
        return "expected " + wanted(shape) + ", found " + YamlScalars.describe(scalar)
                + MeantValue.of(shape, scalar)
                        .map(meant -> "; did you mean `" + written(path, meant) + "`?")
                        .or(() -> advice(shape, scalar).map(advice -> "; " + advice))
                        .orElse("");
    }

    /** A field with its value; the value alone where it is an entry of a list or the document itself. */
    private static String written(String path, String value) {
        String field = path.substring(path.lastIndexOf('.') + 1);
        return field.isEmpty() || field.endsWith("]") ? value : field + ": " + value;
    }

    private static Optional<String> advice(Shape shape, ScalarNode scalar) {
        String value = scalar.getValue();
        return switch (shape) {
            case Whole _ when YamlScalars.kind(scalar) == YamlScalars.Kind.WHOLE -> Optional.empty();
            case Whole _
            when value.matches("[-+]?[0-9_]+|0[xob][0-9a-fA-F]+") ->
                Optional.of("write it in decimal digits alone, without leading zeros or quotes");
            case Whole _
            when value.matches("[0-9][0-9.,_]* ?[A-Za-z%]{1,20}") ->
                Optional.of("write the number alone, without a unit");
            case Whole _, Obj _, Flag _, Text _, Span _, Choice _, ListOf _, Names _ -> Optional.empty();
        };
    }

    private static String wanted(Shape shape) {
        return switch (shape) {
            case Obj object -> (object.plain().isEmpty() ? "" : "true, false or ") + "a map (" + fields(object) + ")";
            case ListOf _ -> "a list";
            case Names _ -> "a map of names to texts";
            case Text _ -> "text";
            case Flag _ -> "true or false";
            case Span _ -> "a duration such as 100ms, 5s, 1m30s or 2h";
            case Whole whole
            when whole.max() < Integer.MAX_VALUE -> "a whole number from " + whole.min() + " to " + whole.max();
            case Whole whole when whole.min() > Integer.MIN_VALUE -> "a whole number from " + whole.min();
            case Whole _ -> "a whole number";
            case Choice choice -> Series.or(List.copyOf(choice.values()));
        };
    }

    private static String fields(Obj object) {
        List<String> names = List.copyOf(object.fields().keySet());
        boolean needsSome = object.fields().values().stream().anyMatch(Entry::required);
        return needsSome ? Series.and(names) : Series.or(names);
    }
}
