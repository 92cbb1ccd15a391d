package dev.rebind.experiment.file;

import dev.rebind.experiment.Excerpt;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Finds the kind of a YAML scalar. YAML 1.1 reads yes, on, 010, 1_000 and 1:30 as booleans and numbers, YAML 1.2 does not, and kubectl has
 * rules of its own. Here such a value is {@link Kind#AMBIGUOUS}, and the writer must say what is meant.
 */
final class YamlScalars {
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]*)");
    private static final Pattern NUMBER = Pattern.compile(
            "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
    /** Most characters of a value that {@link #describe} repeats. */
    static final int SHOWN = 40;

    private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> FLAGS = Set.of("true", "True", "TRUE", "false", "False", "FALSE");
    private static final Set<Tag> USUAL =
            Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.TIMESTAMP, Tag.MERGE);

    enum Kind {
        NOTHING,
        FLAG,
        WHOLE,
        NUMBER,
        TEXT,
        /** An unquoted value that only some YAML readers take for text. */
        AMBIGUOUS,
        /** A value with an explicit tag, such as !!binary or !mine. */
        TAGGED
    }

    private YamlScalars() {}

    static Kind kind(ScalarNode node) {
        String value = node.getValue();
        if (!node.isPlain()) {
            return node.getTag().equals(Tag.STR) ? Kind.TEXT : Kind.TAGGED;
        }
        if (!USUAL.contains(node.getTag())) {
            return Kind.TAGGED;
        }
        if (NOTHING.contains(value)) {
            return Kind.NOTHING;
        }
        if (FLAGS.contains(value)) {
            return Kind.FLAG;
        }
        if (WHOLE.matcher(value).matches()) {
            return Kind.WHOLE;
        }
        if (NUMBER.matcher(value).matches() && !value.matches("[-+]?0[0-9]+")) {
            return Kind.NUMBER;
        }
        return node.getTag().equals(Tag.STR) && !value.startsWith("0o") ? Kind.TEXT : Kind.AMBIGUOUS;
    }

    /** Returns the value, or the beginning of a long one. */
    static String shown(String value) {
        return value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
    }

    /** Describes a scalar for a message. */
    static String describe(ScalarNode node) {
        String value = node.getValue();
        String shown = shown(value);
        return switch (kind(node)) {
            case NOTHING -> "nothing";
            case FLAG, WHOLE, NUMBER -> shown;
            case TEXT, AMBIGUOUS -> "the text \"" + shown.replace("\n", "\\n") + "\"";
            case TAGGED -> "a value tagged " + Excerpt.of(node.getTag().getValue());
        };
    }
}
