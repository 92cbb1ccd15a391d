package dev.rebind.experiment.schema;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.value.FormerName;
import dev.rebind.experiment.value.PlainFlag;
import dev.rebind.experiment.value.Range;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The structure of an experiment, derived from the records: which values may stand where. The reader, the reference and the schema all use
 * it.
 */
public sealed interface Shape {
    /**
     * A map with known fields.
     *
     * @param fields the fields by name, in the order of the record
     * @param plain the fields that get the value of a plain true or false, which a file may write in place of the map; empty where it may
     * not
     */
    record Obj(Map<String, Entry> fields, List<String> plain) implements Shape {}

    record ListOf(Shape element) implements Shape {}

    /** A map whose names the writer chooses, such as labels. */
    record Names() implements Shape {}

    record Text() implements Shape {}

    record Flag() implements Shape {}

    record Span() implements Shape {}

    record Whole(int min, int max) implements Shape {}

    record Choice(List<String> values) implements Shape {
        public Choice {
            values = List.copyOf(values);
        }
    }

    /**
     * A field of a map.
     *
     * @param description empty where the record has none
     * @param former the deprecated name of the field; null where it has none
     */
    record Entry(
            Shape shape,
            boolean required,
            String description,
            @Nullable Former former) {}

    /**
     * A deprecated name.
     *
     * @param goneIn the version that no longer reads it
     */
    record Former(String name, String goneIn) {
        public String words(String now) {
            return "Deprecated, gone in " + goneIn + ": write " + now + ".";
        }
    }

    /** The shape of a whole document. */
    Obj EXPERIMENT = object(Experiment.class);

    /** Derives the shape of a record class. */
    static Obj object(Class<?> type) {
        var fields = new LinkedHashMap<String, Entry>();
        for (RecordComponent component : type.getRecordComponents()) {
            JsonPropertyDescription description = annotation(type, component, JsonPropertyDescription.class);
            boolean required = !component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            fields.put(
                    name(type, component),
                    new Entry(
                            of(component.getGenericType(), annotation(type, component, Range.class)),
                            required,
                            description == null ? "" : description.value(),
                            former(component)));
        }
        PlainFlag plain = type.getAnnotation(PlainFlag.class);
        return new Obj(fields, plain == null ? List.of() : List.of(plain.value()));
    }

    private static @Nullable Former former(RecordComponent component) {
        FormerName old = component.getAnnotation(FormerName.class);
        return old == null ? null : new Former(old.value(), old.goneIn());
    }

    private static String name(Class<?> type, RecordComponent component) {
        JsonProperty renamed = annotation(type, component, JsonProperty.class);
        return renamed == null || renamed.value().isEmpty() ? component.getName() : renamed.value();
    }

    /** Finds an annotation of a record component. One that is not allowed on components is on the private field of the same name. */
    private static <A extends java.lang.annotation.Annotation> @Nullable A annotation(
            Class<?> type, RecordComponent component, Class<A> annotation) {
        A own = component.getAnnotation(annotation);
        if (own != null) {
            return own;
        }
        try {
            AnnotatedElement field = type.getDeclaredField(component.getName());
            return field.getAnnotation(annotation);
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(type + " has no field " + component.getName(), e);
        }
    }

    private static Shape of(Type type, @Nullable Range range) {
        return switch (type) {
            case ParameterizedType list
            when list.getRawType() == List.class -> new ListOf(of(list.getActualTypeArguments()[0], null));
            case ParameterizedType map when map.getRawType() == Map.class -> new Names();
            case Class<?> plain when plain == String.class -> new Text();
            case Class<?> plain when plain == Boolean.class || plain == boolean.class -> new Flag();
            case Class<?> plain when plain == Duration.class -> new Span();
            case Class<?> plain
            when plain == Integer.class ->
                range == null ? new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE) : new Whole(range.min(), range.max());
            case Class<?> plain when plain.isEnum() -> new Choice(constants(plain));
            case Class<?> plain when plain.isRecord() -> object(plain);
            default -> throw new IllegalStateException("an experiment has no fields of type " + type);
        };
    }

    private static List<String> constants(Class<?> type) {
        var names = new ArrayList<String>();
        for (Field field : type.getFields()) {
            if (field.isEnumConstant()) {
                JsonProperty renamed = field.getAnnotation(JsonProperty.class);
                names.add(renamed == null ? field.getName() : renamed.value());
            }
        }
        return names;
    }
}
