package dev.rebind.experiment.file;

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
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Guesses what the writer of a value of the wrong kind meant, in YAML. The guess is empty where nothing is similar enough. */
final class MeantValue {
    private static final Set<String> YES = Set.of("yes", "y", "on", "true");
    private static final Set<String> NO = Set.of("no", "n", "off", "false");
    /** A command without quotes and without special characters of a shell. */
    private static final Pattern WORDS = Pattern.compile("[A-Za-z0-9./_=-]+( +[A-Za-z0-9./_=-]+)+");

    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,8})");
    private static final Pattern DURATION = Pattern.compile(
            "([0-9]{1,9}(?:\\.[0-9]{1,9})?) ?(|[smh]|ms|(?:milli)?seconds?|secs?|minutes?|mins?|hours?)");

    private MeantValue() {}

    static Optional<String> of(Shape shape, ScalarNode scalar) {
        String value = scalar.getValue();
        if (value.length() > YamlScalars.SHOWN) {
            return Optional.empty();
        }
        return switch (shape) {
            case Flag _ -> flag(value);
            case Whole whole -> WHOLE.matcher(value).matches() ? within(whole, value) : Optional.empty();
            case Span _ -> duration(value);
            case Choice choice -> SpellingSuggestion.nearest(value, choice.values());
            case ListOf(Text _)
            when WORDS.matcher(value).matches() ->
                Optional.of(Arrays.stream(value.split(" +"))
                        .map(word -> word.matches("[0-9.=-]+") ? "\"" + word + "\"" : word)
                        .collect(Collectors.joining(", ", "[", "]")));
            case ListOf list ->
                (takes(list.element(), value) ? Optional.of(value) : of(list.element(), scalar))
                        .map(element -> "[" + element + "]");
            case Obj object when !object.plain().isEmpty() && flag(value).isPresent() -> flag(value);
            case Obj object ->
                object.fields().entrySet().stream()
                        .flatMap(field -> in(field.getKey(), field.getValue().shape(), value)
                                .map(meant -> "{" + field.getKey() + ": " + meant + "}")
                                .stream())
                        .findFirst();
            case Text _, Names _ -> Optional.empty();
        };
    }

    /**
     * The field that would have this value if the writer left out the map around it. Any text fits a text field, and true fits any flag, so
     * these two are no sign.
     */
    private static Optional<String> in(String name, Shape shape, String value) {
        return switch (shape) {
            case Flag _ when value.equals(name) -> Optional.of("true");
            case Whole whole when WHOLE.matcher(value).matches() -> within(whole, value);
            case Span _, Choice _ -> takes(shape, value) ? Optional.of(value) : Optional.empty();
            case Flag _, Whole _, Text _, ListOf _, Names _, Obj _ -> Optional.empty();
        };
    }

    /** Whether a value is right for a field without a change. */
    private static boolean takes(Shape shape, String value) {
        return switch (shape) {
            case Span _ -> value.matches(GoDuration.PATTERN) && !value.matches("[0-9]+");
            case Choice choice -> choice.values().contains(value);
            case Flag _, Whole _, Text _, ListOf _, Names _, Obj _ -> false;
        };
    }

    private static Optional<String> flag(String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        return YES.contains(lower) ? Optional.of("true") : NO.contains(lower) ? Optional.of("false") : Optional.empty();
    }

    private static Optional<String> within(Whole whole, String value) {
        int number = Integer.parseInt(value);
        return number >= whole.min() && number <= whole.max() ? Optional.of(value) : Optional.empty();
    }

    /** A number with another word for its unit. A number without a unit counts as seconds. */
    private static Optional<String> duration(String value) {
        Matcher written = DURATION.matcher(value.toLowerCase(Locale.ROOT));
        if (!written.matches() || takes(new Span(), value)) {
            return Optional.empty();
        }
        String unit = written.group(2);
        return Optional.of(written.group(1)
                + (unit.isEmpty() ? "s" : unit.equals("ms") || unit.startsWith("milli") ? "ms" : unit.substring(0, 1)));
    }
}
