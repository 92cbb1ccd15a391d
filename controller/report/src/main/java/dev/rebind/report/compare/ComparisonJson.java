package dev.rebind.report.compare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.record.Json;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A comparison as JSON for scripts. Its schema is docs/reference/compare.schema.json. */
public final class ComparisonJson {
    private ComparisonJson() {}

    public static ObjectNode of(Comparison comparison) {
        ObjectNode json = Json.mapper().createObjectNode();
        ArrayNode experiments = json.putArray("experiments");
        for (Comparison.Pair pair : comparison.experiments()) {
            ObjectNode one = experiments.addObject();
            one.put("experiment", pair.experiment());
            one.put("cyclesBefore", pair.cyclesBefore());
            one.put("cyclesAfter", pair.cyclesAfter());
            ArrayNode measures = one.putArray("measures");
            pair.lines().forEach(line -> measure(measures.addObject(), line));
            names(one, "specDiffers", List.copyOf(comparison.otherwise().getOrDefault(pair.experiment(), Set.of())));
        }
        names(json, "onlyBefore", comparison.onlyBefore());
        names(json, "onlyAfter", comparison.onlyAfter());
        json.put("level", Comparison.LEVEL);
        json.put("conclusion", ComparisonText.conclusion(comparison));
        return json;
    }

    private static void measure(ObjectNode json, Comparison.Line line) {
        json.put("measure", line.measure());
        json.put("before", line.before());
        json.put("after", line.after());
        if (!line.difference().isEmpty()) {
            json.put("difference", line.difference());
        }
        Comparison.Values values = line.values();
        if (values != null) {
            json.putObject("values")
                    .put("before", values.before())
                    .put("after", values.after())
                    .put("unit", values.unit().name().toLowerCase(Locale.ROOT));
        }
        json.put("change", line.change().name().toLowerCase(Locale.ROOT));
        line.p().ifPresent(p -> json.put("p", p));
    }

    private static void names(ObjectNode json, String field, List<String> names) {
        ArrayNode array = json.putArray(field);
        names.forEach(array::add);
    }
}
