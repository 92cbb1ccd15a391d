package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Origin;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.diagnosis.finding.Sharing;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The schema of rebind why --json")
class SchemaTest {
    private static final Path SCHEMA = Path.of("../../docs/reference/why.schema.json");

    @Test
    @DisplayName("has every name that the code can write")
    void names() throws IOException {
        String schema = Files.readString(SCHEMA);
        Stream<String> enums = Stream.of(
                        Cause.values(),
                        Diagnosis.Verdict.values(),
                        Origin.values(),
                        Ending.Reason.values(),
                        Ending.Means.values(),
                        Holder.Why.values(),
                        Sharing.Gets.values(),
                        Story.Parent.values(),
                        Story.Shield.values(),
                        Story.Inherited.values())
                .flatMap(Arrays::stream)
                .map(value -> value.name().toLowerCase(Locale.ROOT));
        Stream<String> kinds = Stream.of(Ending.class, Holder.class, Story.class, Refusal.class)
                .flatMap(type -> Arrays.stream(type.getPermittedSubclasses()))
                .map(SchemaTest::kind);
        assertThat(Stream.concat(enums, kinds))
                .allSatisfy(name -> assertThat(schema).contains('"' + name + '"'));
    }

    @Test
    @DisplayName("of rebind audit has them, too")
    void namesOfAudit() throws IOException {
        String schema = Files.readString(Path.of("../../docs/reference/audit.schema.json"));
        Stream<String> enums = Stream.of(Audit.Verdict.values(), Holder.Why.values())
                .flatMap(Arrays::stream)
                .map(value -> value.name().toLowerCase(Locale.ROOT));
        Stream<String> kinds = Stream.of(RestartOutlook.class, RestartOutlook.Missing.class)
                .flatMap(type -> Arrays.stream(type.getPermittedSubclasses()))
                .map(SchemaTest::kind);
        assertThat(Stream.concat(enums, kinds))
                .allSatisfy(name -> assertThat(schema).contains('"' + name + '"'));
    }

    private static String kind(Class<?> type) {
        return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    @Test
    @DisplayName("describes one line for each answer")
    void oneLine() throws PosixException {
        int port = FreePorts.next();
        try (PosixSocket listener = Ports.listener(Ports.LOOPBACK, port, true)) {
            assertThat(listener.fd()).isNotNegative();
            assertThat(DiagnosisJson.write(Ports.why(port)))
                    .doesNotContain("\n")
                    .contains(
                            "\"port\":" + port,
                            "\"verdict\":\"taken\"",
                            "\"exit_code\":1",
                            "\"cause\":\"listener_other\"");
        }
    }
}
