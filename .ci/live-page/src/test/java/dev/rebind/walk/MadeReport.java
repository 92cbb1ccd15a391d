package dev.rebind.walk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reports whose cycles are those of {@code finished-run}, as often and at such times as a test wants them. That is a run as a machine
 * with nothing else to do leaves it; where records change their form, it has to follow.
 */
final class MadeReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode run;
    private final List<ObjectNode> cycles = new ArrayList<>();

    MadeReport() throws IOException {
        run = (ObjectNode) JSON.readTree(part("run.json"));
        for (String line : part("cycles.jsonl").lines().toList()) {
            cycles.add((ObjectNode) JSON.readTree(line));
        }
    }

    private static String part(String name) throws IOException {
        try (InputStream file = MadeReport.class.getResourceAsStream("finished-run/" + name)) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The cycle of that run with this outcome. */
    ObjectNode cycle(String experiment, String outcome) {
        return cycles.stream()
                .filter(cycle -> cycle.path("experiment").asText().equals(experiment))
                .filter(cycle -> cycle.path("outcome").asText().equals(outcome))
                .findFirst()
                .orElseThrow();
    }

    /** The same cycle with another number, later. */
    static ObjectNode later(ObjectNode cycle, int number, Duration by) {
        ObjectNode moved = cycle.deepCopy();
        int more = number - cycle.get("cycle").intValue();
        moved.put("cycle", number);
        for (String moment : List.of("stoppedAt", "failedAt", "boundAt")) {
            if (moved.has(moment)) {
                moved.put(moment, moment(moved, moment).plus(by).toString());
            }
        }
        ObjectNode generations = (ObjectNode) moved.get("generations");
        generations.put("old", generations.get("old").intValue() + more);
        generations.put("new", generations.get("new").intValue() + more);
        for (JsonNode socket : moved.path("blocking")) {
            if (socket.has("generation")) {
                ((ObjectNode) socket).put("generation", socket.get("generation").intValue() + more);
            }
        }
        return moved;
    }

    /** A cycle whose bind failed, as if its server had tried until the kernel freed the port. */
    static ObjectNode waited(ObjectNode failed, Duration until) {
        ObjectNode waited = failed.deepCopy();
        Instant bound = moment(waited, "failedAt").plus(until);
        waited.put("boundAt", bound.toString()).put("bindFailures", 97);
        ((ObjectNode) waited.get("release")).put("actualMs", until.toMillis());
        double after = Duration.between(moment(waited, "stoppedAt"), bound).toMillis();
        ArrayNode timeline = (ArrayNode) waited.get("timeline");
        for (double at : new double[] {after, after + 30}) {
            timeline.addObject()
                    .put("atMs", at)
                    .put("side", "server")
                    .putObject("states")
                    .put("LISTEN", 1);
        }
        return waited;
    }

    private static Instant moment(ObjectNode cycle, String name) {
        return Instant.parse(cycle.get(name).asText());
    }

    /**
     * Writes a folder as a run leaves it, all files of {@code ./rebind report --write} included.
     *
     * @param cycles of one experiment after the other
     */
    void write(Path folder, List<ObjectNode> cycles) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Map<String, Integer> planned = new LinkedHashMap<>();
        var lines = new ArrayList<String>();
        for (ObjectNode cycle : cycles) {
            planned.merge(cycle.get("experiment").asText(), 1, Integer::sum);
            lines.add(JSON.writeValueAsString(cycle));
        }
        Files.write(folder.resolve("cycles.jsonl"), lines);
        ObjectNode made = run.deepCopy();
        ArrayNode experiments = made.putArray("experiments");
        for (JsonNode experiment : run.get("experiments")) {
            Integer those = planned.get(experiment.get("name").asText());
            if (those != null) {
                experiments.add(((ObjectNode) experiment.deepCopy()).put("planned", those));
            }
        }
        JSON.writeValue(folder.resolve("run.json").toFile(), made);
        Path printed = folder.resolve("written.txt");
        int exit = Rebind.run(printed, "report", "--write", folder.toString());
        assertThat(exit).as(Files.readString(printed)).isZero();
        assertThat(folder.resolve("report.html")).exists();
    }
}
