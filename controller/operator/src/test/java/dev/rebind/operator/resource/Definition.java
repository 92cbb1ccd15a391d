package dev.rebind.operator.resource;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.schema.Shape;
import dev.rebind.experiment.value.GoDuration;
import dev.rebind.experiment.value.Range;
import dev.rebind.record.CycleRecord;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the CustomResourceDefinition: the spec has the shape that the reader of experiment files goes by, without what
 * only the local lab has; the status is that of the record. What fields must not be together is said in CEL, in the words
 * of the reader's rules.
 */
final class Definition {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String LAB = "Lab only:";
    /** Bounds are what CEL's cost is reckoned from. */
    private static final int LONGEST_TEXT = 1024;

    private static final int LONGEST_LIST = 1000;

    /** What a cluster cannot do, though the lab can: no value of these is taken. */
    private static final Set<String> LAB_VALUES = Set.of("move", "keep", "none");

    /** How times of day are named, in the status as in all of Kubernetes. */
    private static final Pattern MOMENT = Pattern.compile("(At|Time)$");

    /** May be changed while the experiment runs. */
    private static final Set<String> ORDERS = Set.of("suspend", "terminate", "ttlSecondsAfterFinished");

    private Definition() {}

    static ObjectNode definition() {
        ObjectNode crd = JSON.objectNode();
        crd.put("apiVersion", "apiextensions.k8s.io/v1").put("kind", "CustomResourceDefinition");
        crd.putObject("metadata").put("name", "rebindexperiments." + RebindExperiment.GROUP);
        ObjectNode spec = crd.putObject("spec");
        spec.put("group", RebindExperiment.GROUP).put("scope", "Namespaced");
        ObjectNode names = spec.putObject("names");
        names.put("kind", Experiment.KIND)
                .put("listKind", Experiment.KIND + "List")
                .put("plural", "rebindexperiments")
                .put("singular", "rebindexperiment");
        names.putArray("shortNames").add("rbx");
        names.putArray("categories").add("all");
        ObjectNode version = spec.putArray("versions").addObject();
        version.put("name", RebindExperiment.VERSION).put("served", true).put("storage", true);
        version.putObject("subresources").putObject("status");
        columns(version.putArray("additionalPrinterColumns"));
        ArrayNode selectable = version.putArray("selectableFields");
        for (String field : List.of("phase", "verdict", "mode")) {
            selectable.addObject().put("jsonPath", ".status." + field);
        }
        version.putObject("schema").set("openAPIV3Schema", schema());
        return crd;
    }

    private static void columns(ArrayNode columns) {
        column(columns, "Phase", "string", ".status.phase", 0);
        column(columns, "Verdict", "string", ".status.verdict", 0);
        column(columns, "Mode", "string", ".status.mode", 0);
        column(columns, "Cycles", "integer", ".status.cycles.done", 0);
        column(columns, "Failed", "integer", ".status.cycles.failed", 0);
        column(columns, "Age", "date", ".metadata.creationTimestamp", 0);
        column(columns, "Target", "string", ".status.target", 1);
        column(columns, "Reuse", "string", ".status.reuse", 1);
        column(columns, "FailedRequests", "integer", ".status.requests.failed", 1);
        column(columns, "Last", "string", ".status.lastCycle", 1);
    }

    private static void column(ArrayNode columns, String name, String type, String path, int priority) {
        columns.addObject()
                .put("name", name)
                .put("type", type)
                .put("jsonPath", path)
                .put("priority", priority);
    }

    private static ObjectNode schema() {
        ObjectNode root = JSON.objectNode();
        root.put("type", "object")
                .put("description", "Restarts a server on its port again and again, and says of each failed bind why.");
        root.putArray("required").add("spec");
        ObjectNode properties = root.putObject("properties");
        properties.putObject("apiVersion").put("type", "string");
        properties.putObject("kind").put("type", "string");
        properties.putObject("metadata").put("type", "object");
        Shape.Entry spec = Objects.requireNonNull(Shape.EXPERIMENT.fields().get("spec"));
        ObjectNode specSchema = of(spec.shape());
        specSchema.put("description", spec.description());
        Rules.add(specSchema);
        properties.set("spec", specSchema);
        ObjectNode status = record(ExperimentStatus.class);
        status.put("description", "Written by the controller.");
        properties.set("status", status);
        ArrayNode rules = root.putArray("x-kubernetes-validations");
        Rules.rule(rules, "size(self.metadata.name) <= 63", "metadata.name becomes a label: at most 63 characters", "");
        Rules.rule(
                rules,
                "!has(oldSelf.status) || !has(oldSelf.status.phase) || oldSelf.status.phase == 'Pending' || (" + fixed()
                        + ")",
                "an experiment that has begun can be suspended and terminated, and not be changed otherwise; delete it, or"
                        + " make another",
                ".spec");
        return root;
    }

    /** Fields of a spec that stay as they are once the experiment has begun: all but the orders, new ones too. */
    static Stream<String> fixedFields() {
        Shape.Entry spec = Objects.requireNonNull(Shape.EXPERIMENT.fields().get("spec"));
        return fields((Shape.Obj) spec.shape())
                .flatMap(field -> Stream.concat(
                        Stream.of(field.getKey()),
                        Optional.ofNullable(field.getValue().former()).map(Shape.Former::name).stream()))
                .filter(name -> !ORDERS.contains(name));
    }

    /** That every field but the orders is as it was. */
    private static String fixed() {
        return fixedFields()
                .map(name -> "has(self.spec." + name + ") == has(oldSelf.spec." + name + ") && (!has(self.spec." + name
                        + ") || self.spec." + name + " == oldSelf.spec." + name + ")")
                .collect(Collectors.joining(" && "));
    }

    private static Stream<Map.Entry<String, Shape.Entry>> fields(Shape.Obj object) {
        return object.fields().entrySet().stream()
                .filter(field -> !field.getValue().description().startsWith(LAB));
    }

    static ObjectNode of(Shape shape) {
        ObjectNode node = JSON.objectNode();
        switch (shape) {
            case Shape.Obj object -> {
                node.put("type", "object");
                ObjectNode properties = node.putObject("properties");
                ArrayNode required = JSON.arrayNode();
                fields(object).forEach(field -> {
                    ObjectNode property = of(field.getValue().shape());
                    property.put("description", field.getValue().description());
                    properties.set(field.getKey(), property);
                    Shape.Former former = field.getValue().former();
                    if (former != null) {
                        properties.set(
                                former.name(),
                                of(field.getValue().shape()).put("description", former.words(field.getKey())));
                    }
                    if (field.getValue().required() && former == null) {
                        required.add(field.getKey());
                    }
                });
                if (!required.isEmpty()) {
                    node.set("required", required);
                }
            }
            case Shape.ListOf(Shape element) ->
                node.put("type", "array")
                        .put("maxItems", LONGEST_LIST)
                        .put("x-kubernetes-list-type", "atomic")
                        .set("items", of(element));
            case Shape.Names _ ->
                node.put("type", "object").putObject("additionalProperties").put("type", "string");
            case Shape.Text _ -> node.put("type", "string").put("maxLength", LONGEST_TEXT);
            case Shape.Flag _ -> node.put("type", "boolean");
            case Shape.Span _ -> {
                node.put("type", "string").put("maxLength", 64).put("pattern", GoDuration.PATTERN);
                long hours = GoDuration.LONGEST_SPAN.toHours();
                Rules.rule(
                        node.putArray("x-kubernetes-validations"),
                        "duration(self) <= duration('" + hours + "h')",
                        "a duration is a year (" + hours + "h) at most",
                        "");
            }
            case Shape.Whole(int min, int max) -> {
                node.put("type", "integer").put("format", "int32").put("minimum", min);
                if (max < Integer.MAX_VALUE) {
                    node.put("maximum", max);
                }
            }
            case Shape.Choice(List<String> values) -> {
                ArrayNode names = node.put("type", "string").putArray("enum");
                values.stream().filter(value -> !LAB_VALUES.contains(value)).forEach(names::add);
            }
        }
        return node;
    }

    private static ObjectNode record(Class<?> type) {
        ObjectNode node = JSON.objectNode().put("type", "object");
        ObjectNode properties = node.putObject("properties");
        ArrayNode required = JSON.arrayNode();
        for (RecordComponent component : type.getRecordComponents()) {
            ObjectNode property = of(component.getGenericType());
            JsonPropertyDescription description = annotation(type, component, JsonPropertyDescription.class);
            if (description != null) {
                property.put("description", description.value());
            }
            Range range = annotation(type, component, Range.class);
            if (range != null) {
                property.put("minimum", range.min());
            }
            if (MOMENT.matcher(component.getName()).find() && component.getType() == String.class) {
                property.put("format", "date-time");
            }
            properties.set(component.getName(), property);
            if (type == ExperimentStatus.Condition.class
                    && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                required.add(component.getName());
            }
        }
        if (!required.isEmpty()) {
            node.set("required", required);
        }
        return node;
    }

    private static <A extends java.lang.annotation.Annotation> @Nullable A annotation(
            Class<?> type, RecordComponent component, Class<A> annotation) {
        try {
            return type.getDeclaredField(component.getName()).getAnnotation(annotation);
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode of(Type type) {
        ObjectNode node = JSON.objectNode();
        switch (type) {
            case ParameterizedType list
            when list.getRawType() == List.class -> {
                node.put("type", "array").set("items", of(list.getActualTypeArguments()[0]));
                if (list.getActualTypeArguments()[0] == ExperimentStatus.Condition.class) {
                    node.put("x-kubernetes-list-type", "map")
                            .putArray("x-kubernetes-list-map-keys")
                            .add("type");
                } else {
                    node.put("x-kubernetes-list-type", "atomic");
                }
            }
            case ParameterizedType map
            when map.getRawType() == Map.class ->
                node.put("type", "object").set("additionalProperties", of(map.getActualTypeArguments()[1]));
            case Class<?> plain when plain == String.class -> node.put("type", "string");
            case Class<?> plain
            when plain == Integer.class || plain == int.class ->
                node.put("type", "integer").put("format", "int32");
            case Class<?> plain
            when plain == Long.class || plain == long.class ->
                node.put("type", "integer").put("format", "int64");
            // Its own schema is docs/reference/cycle-record.schema.json.
            case Class<?> plain
            when plain == CycleRecord.class ->
                node.put("type", "object").put("x-kubernetes-preserve-unknown-fields", true);
            case Class<?> plain
            when plain.isEnum() -> {
                ArrayNode names = node.put("type", "string").putArray("enum");
                Arrays.stream(plain.getEnumConstants()).map(Object::toString).forEach(names::add);
            }
            case Class<?> plain when plain.isRecord() -> node = record(plain);
            default -> throw new IllegalStateException("a status has no fields of type " + type);
        }
        return node;
    }
}
