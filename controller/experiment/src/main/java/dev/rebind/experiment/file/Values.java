package dev.rebind.experiment.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
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
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Checks single values against their shape. It does not convert values from one type to another. */
final class Values {
    private final ProblemCollector notes;

    Values(ProblemCollector notes) {
        this.notes = notes;
    }

    /** Returns the value as JSON, or null after noting why it is wrong. */
    @Nullable
    JsonNode bind(ScalarNode node, Shape shape, String path) {
        String value = node.getValue();
        YamlScalars.Kind kind = YamlScalars.kind(node);
        return switch (shape) {
            case Text _ when kind == YamlScalars.Kind.TEXT -> text(node, path);
            case Choice(List<String> values) when values.contains(value) -> TextNode.valueOf(value);
            case Span _ when kind == YamlScalars.Kind.TEXT || value.equals("0") -> duration(node, path);
            case Whole whole when kind == YamlScalars.Kind.WHOLE -> whole(node, whole, path);
            case Flag _ when kind == YamlScalars.Kind.FLAG -> BooleanNode.valueOf(Boolean.parseBoolean(value));
            case Text _, Choice _, Span _, Whole _, Flag _, Obj _, ListOf _, Names _ -> wrong(node, shape, path);
        };
    }

    private @Nullable JsonNode text(ScalarNode node, String path) {
        int length = node.getValue().length();
        if (length <= FileLimits.TEXT) {
            return TextNode.valueOf(node.getValue());
        }
        notes.tainted(
                path, Binder.line(node), "has " + length + " characters; a text has " + FileLimits.TEXT + " at most");
        return null;
    }

    private @Nullable JsonNode duration(ScalarNode node, String path) {
        String value = node.getValue();
        try {
            GoDuration.parse(value);
            return TextNode.valueOf(value);
        } catch (IllegalArgumentException e) {
            if (MeantValue.of(new Span(), node).isPresent()) {
                return wrong(node, new Span(), path);
            }
            notes.tainted(path, Binder.line(node), String.valueOf(e.getMessage()));
            return null;
        }
    }

    private @Nullable JsonNode whole(ScalarNode node, Whole shape, String path) {
        String value = node.getValue();
        // The time to parse a number grows with the square of its digits.
        if (value.length() <= FileLimits.DIGITS) {
            BigInteger number = new BigInteger(value);
            if (number.compareTo(BigInteger.valueOf(shape.min())) >= 0
                    && number.compareTo(BigInteger.valueOf(shape.max())) <= 0) {
                return IntNode.valueOf(number.intValueExact());
            }
        }
        return wrong(node, shape, path);
    }

    private @Nullable JsonNode wrong(ScalarNode node, Shape shape, String path) {
        notes.tainted(path, Binder.line(node), ExpectedType.message(shape, node, path));
        return null;
    }
}
