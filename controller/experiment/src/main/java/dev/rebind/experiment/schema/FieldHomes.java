package dev.rebind.experiment.schema;

import dev.rebind.experiment.schema.Shape.Entry;
import dev.rebind.experiment.schema.Shape.ListOf;
import dev.rebind.experiment.schema.Shape.Obj;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds where a field belongs, for a writer who put it at the wrong level. */
public final class FieldHomes {
    private static final Map<String, List<String>> HOMES = new LinkedHashMap<>();

    static {
        collect(Shape.EXPERIMENT, "");
    }

    private FieldHomes() {}

    /** Returns the paths of all fields with this name, except those in steps and cells. */
    public static List<String> of(String name) {
        return HOMES.getOrDefault(name, List.of());
    }

    public static List<String> parents(String name) {
        return of(name).stream()
                .map(path -> path.contains(".") ? path.substring(0, path.lastIndexOf('.')) : "the document itself")
                .toList();
    }

    private static void collect(Obj object, String path) {
        for (Map.Entry<String, Entry> field : object.fields().entrySet()) {
            String fieldPath = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
            HOMES.computeIfAbsent(field.getKey(), _ -> new ArrayList<>()).add(fieldPath);
            switch (field.getValue().shape()) {
                case Obj inner -> collect(inner, fieldPath);
                case ListOf _,
                        Shape.Names _,
                        Shape.Text _,
                        Shape.Flag _,
                        Shape.Span _,
                        Shape.Whole _,
                        Shape.Choice _ -> {}
            }
        }
    }
}
