package dev.rebind.report.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.rebind.report.compare.Measurements.Report;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds the fields in which two experiments of the same name differ. Differences in the number of cycles, the duration and the description
 * do not count.
 */
final class SpecDifference {
    private static final Set<String> NO_DIFFERENCE = Set.of("spec.cycles", "spec.duration", "spec.description");

    private static final YAMLMapper YAML = new YAMLMapper();

    private SpecDifference() {}

    /** Returns the differing fields by the experiment's name. It holds only experiments whose YAML is known in both reports and differs. */
    static Map<String, Set<String>> of(Report before, Report after) {
        var otherwise = new LinkedHashMap<String, Set<String>>();
        before.texts().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> {
            String other = after.texts().getOrDefault(entry.getKey(), "");
            Set<String> fields = fields(entry.getValue(), other);
            if (!fields.isEmpty()) {
                otherwise.put(entry.getKey(), fields);
            }
        });
        return otherwise;
    }

    private static Set<String> fields(String before, String after) {
        if (before.isBlank() || after.isBlank() || before.equals(after)) {
            return Set.of();
        }
        try {
            var fields = new TreeSet<String>();
            add(YAML.readTree(before).path("spec"), YAML.readTree(after).path("spec"), "spec", fields);
            return fields;
        } catch (JsonProcessingException _) {
            // This does not happen to texts that Rebind has read as experiments before.
            return Set.of("the text");
        }
    }

    private static void add(JsonNode before, JsonNode after, String field, Set<String> fields) {
        if (before.equals(after) || NO_DIFFERENCE.contains(field)) {
            return;
        }
        boolean maps = (before.isObject() || before.isMissingNode()) && (after.isObject() || after.isMissingNode());
        if (!maps) {
            fields.add(field);
            return;
        }
        names(before, after).forEach(name -> add(child(before, name), child(after, name), field + "." + name, fields));
    }

    private static JsonNode child(JsonNode map, String name) {
        return map.isObject() ? map.path(name) : MissingNode.getInstance();
    }

    private static Set<String> names(JsonNode before, JsonNode after) {
        var names = new TreeSet<String>();
        before.fieldNames().forEachRemaining(names::add);
        after.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** The differing fields with the experiments that have them, for example {@code spec.target.command.argv (kill, stop)}. */
    static String text(Map<String, Set<String>> otherwise) {
        var experiments = new LinkedHashMap<String, Set<String>>();
        otherwise.forEach((name, fields) -> fields.forEach(field ->
                experiments.computeIfAbsent(field, _ -> new TreeSet<>()).add(name)));
        return experiments.entrySet().stream()
                .map(entry -> entry.getKey() + " (" + String.join(", ", entry.getValue()) + ")")
                .collect(Collectors.joining(", "));
    }
}
