package dev.rebind.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Clearing;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.GenerationSettings;
import java.io.IOException;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Nobody changes what controllers and agents say to each other without a thought for those that are running. */
class ProtocolTest {
    private static final Path FILE = Path.of("src/test/resources/dev/rebind/agent/wire/protocol.txt");

    /** Each type by its name, with its members and their types; a question mark is for what may be absent. */
    private final SortedMap<String, String> types = new TreeMap<>();

    @Test
    @DisplayName("When a message of the agents' HTTP API changes, then somebody has decided whether PROTOCOL is raised")
    void decided() throws IOException {
        Stream.concat(
                        Arrays.stream(WireMessages.class.getDeclaredClasses()),
                        Stream.of(GenerationSettings.class, Start.class, Stop.class, Clearing.class))
                .sorted(Comparator.comparing(Class::getName))
                .forEach(this::add);
        String said = types.entrySet().stream()
                .map(type -> type.getKey() + type.getValue() + "\n")
                .collect(Collectors.joining("", "protocol " + WireMessages.PROTOCOL + "\n", ""));
        if (Boolean.getBoolean("rebind.update-docs")) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, said);
        }
        assertThat(said)
                .as(
                        "raise Messages.PROTOCOL unless each change is a member that may be absent; then write %s anew by"
                                + " -Drebind.update-docs=true",
                        FILE)
                .isEqualTo(Files.readString(FILE));
    }

    private void add(Class<?> type) {
        if (!type.getName().startsWith("dev.rebind.") || types.containsKey(name(type))) {
            return;
        }
        types.put(name(type), "");
        if (type.isEnum()) {
            types.put(
                    name(type),
                    Arrays.stream(type.getEnumConstants())
                            .map(String::valueOf)
                            .sorted()
                            .collect(Collectors.joining(" | ", ": ", "")));
        } else if (type.isSealed()) {
            List<Class<?>> permitted = List.of(type.getPermittedSubclasses());
            types.put(
                    name(type),
                    permitted.stream().map(ProtocolTest::name).sorted().collect(Collectors.joining(" | ", ": ", "")));
            permitted.forEach(this::add);
        } else if (type.isRecord()) {
            types.put(
                    name(type),
                    Arrays.stream(type.getRecordComponents())
                            .map(this::member)
                            .sorted()
                            .collect(Collectors.joining(", ", "(", ")")));
        }
    }

    private String member(RecordComponent component) {
        AnnotatedType type = component.getAnnotatedType();
        return component.getName() + (type.isAnnotationPresent(Nullable.class) ? "?" : "") + ": " + text(type);
    }

    private String text(AnnotatedType type) {
        if (type instanceof AnnotatedParameterizedType parameterized) {
            return ((Class<?>) ((ParameterizedType) type.getType()).getRawType()).getSimpleName()
                    + Arrays.stream(parameterized.getAnnotatedActualTypeArguments())
                            .map(this::text)
                            .collect(Collectors.joining(", ", "<", ">"));
        }
        if (type.getType() instanceof Class<?> plain) {
            add(plain);
            return plain.getName().startsWith("dev.rebind.") ? name(plain) : plain.getSimpleName();
        }
        return type.getType().getTypeName();
    }

    private static String name(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        return outer == null || outer == WireMessages.class
                ? type.getSimpleName()
                : name(outer) + "." + type.getSimpleName();
    }
}
