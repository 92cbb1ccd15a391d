package dev.rebind.experiment.file;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.schema.Shape;
import dev.rebind.experiment.schema.Shape.Choice;
import dev.rebind.experiment.schema.Shape.Flag;
import dev.rebind.experiment.schema.Shape.ListOf;
import dev.rebind.experiment.schema.Shape.Names;
import dev.rebind.experiment.schema.Shape.Obj;
import dev.rebind.experiment.schema.Shape.Span;
import dev.rebind.experiment.schema.Shape.Text;
import dev.rebind.experiment.schema.Shape.Whole;
import dev.rebind.experiment.value.GoDuration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Says what is wanted where a value of another kind stands. */
final class ExpectedType {
    private static final Set<String> YES = Set.of("yes", "y", "on", "true");
    private static final Set<String> NO = Set.of("no", "n", "off", "false");

    private ExpectedType() {}

    static String message(Shape shape, Node node) {
        if (node instanceof ScalarNode scalar) {
            if (Scalars.kind(scalar) == Scalars.Kind.NOTHING
                    && !(shape instanceof Text && !scalar.getValue().isEmpty())) {
                return "has no value; write " + wanted(shape) + ", or remove the field";
            }
            if (shape instanceof Text && Scalars.kind(scalar) != Scalars.Kind.TAGGED) {
                String value = scalar.getValue();
                return "wants text, and YAML readers take " + Excerpt.of(value)
                        + " for something else; put it in quotes"
                        + (value.length() > Scalars.SHOWN ? "" : ": \"" + value + "\"");
            }
            Optional<String> hint = hint(shape, scalar.getValue());
            if (hint.isPresent()) {
                return "wants " + wanted(shape) + ", and " + Scalars.describe(scalar) + " stands there; write "
                        + hint.get();
            }
            return "wants " + wanted(shape) + ", and " + Scalars.describe(scalar) + " stands there";
        }
        return "wants " + wanted(shape) + ", and a " + (node instanceof MappingNode ? "map" : "list") + " stands there";
    }

    private static Optional<String> hint(Shape shape, String value) {
        return switch (shape) {
            case Flag _ when YES.contains(value.toLowerCase(Locale.ROOT)) -> Optional.of("true");
            case Flag _ when NO.contains(value.toLowerCase(Locale.ROOT)) -> Optional.of("false");
            case Whole _
            when value.matches("-?(0|[1-9][0-9]*)") ->
                Optional.of((value.length() > Scalars.SHOWN ? "it" : value) + " without quotes");
            case Whole _
            when value.matches("[-+]?[0-9_]+|0[xob][0-9a-fA-F]+") ->
                Optional.of("it in decimal digits alone, without leading zeros");
            case Obj object ->
                object.fields().entrySet().stream()
                        .filter(field -> takes(field.getKey(), field.getValue().shape(), value))
                        .findFirst()
                        .map(field ->
                                "{" + field.getKey() + ": " + (value.equals(field.getKey()) ? "true" : value) + "}");
            case Flag _, Whole _, Text _, Span _, Choice _, ListOf _, Names _ -> Optional.empty();
        };
    }

    /** Whether a value means this field of a map, where the map was left out. Any text would do for a text, so that is no sign. */
    private static boolean takes(String name, Shape shape, String value) {
        return switch (shape) {
            case Flag _ -> value.equals("true") || value.equals("false") || value.equals(name);
            case Whole _ -> value.matches("0|[1-9][0-9]{0,8}");
            case Span _ -> value.matches(GoDuration.PATTERN) && !value.matches("[0-9]+");
            case Choice choice -> choice.values().contains(value);
            case Text _, ListOf _, Names _, Obj _ -> false;
        };
    }

    private static String wanted(Shape shape) {
        return switch (shape) {
            case Obj object -> "a map with " + String.join(", ", object.fields().keySet());
            case ListOf _ -> "a list";
            case Names _ -> "a map of names to texts";
            case Text _ -> "text";
            case Flag _ -> "true or false";
            case Span _ -> "a duration such as 100ms, 5s or 1m30s";
            case Whole _ -> "a whole number";
            case Choice choice -> "one of " + String.join(", ", choice.values());
        };
    }
}
