package dev.rebind.experiment.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile.Read;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

class ReadingPropertiesTest {
    private static final YAMLMapper YAML = new YAMLMapper();

    @Property(tries = 250)
    void whatIsWrittenIsReadBack(@ForAll("documents") ObjectNode document) throws JsonProcessingException {
        Experiment experiment = YAML.treeToValue(document, Experiment.class);
        assertThat(new ObjectMapper().<JsonNode>valueToTree(experiment))
                .as("nothing is lost or added, but for how a duration is written")
                .isEqualTo(document);
        switch (read(YAML.writeValueAsString(experiment))) {
            case Read.Experiments read -> {
                assertThat(read.experiments().getFirst().experiment()).isEqualTo(experiment);
                Statistics.label("read").collect("valid");
            }
            case Read.Problems(var problems) -> {
                assertThat(problems.stream().limit(FileLimits.PROBLEMS)).allSatisfy(problem -> {
                    assertThat(problem.line()).isPositive();
                    assertThat(problem.field()).startsWith("spec");
                });
                assertThat(problems.stream().skip(FileLimits.PROBLEMS))
                        .hasSizeLessThanOrEqualTo(1)
                        .allMatch(ReadingPropertiesTest::isRest);
                Statistics.label("read").collect("contradicts itself");
            }
        }
    }

    private static final List<String> WRONG = List.of(
            "null",
            "1.5",
            "-1",
            "99999999999",
            "\"yes\"",
            "\"\"",
            "true",
            "[1, {}]",
            "{\"a\": {\"b\": []}}",
            "\"0o7\"");

    @Property(tries = 250)
    void aTreeIsReadAsItsText(@ForAll("documents") ObjectNode document, @ForAll Random random)
            throws JsonProcessingException {
        if (random.nextBoolean()) {
            Field field = anyField(document, random);
            field.of().set(field.name(), YAML.readTree(WRONG.get(random.nextInt(WRONG.size()))));
        }
        Read tree = ExperimentFile.read("made-up", document);
        assertThat(told(tree)).isEqualTo(told(read(document.toString())));
        Statistics.label("tree").collect(tree instanceof Read.Experiments ? "valid" : "problems");
    }

    private record Field(ObjectNode of, String name) {}

    private static Field anyField(ObjectNode document, Random random) {
        var objects = new ArrayList<ObjectNode>();
        collect(document, objects);
        ObjectNode object = objects.get(random.nextInt(objects.size()));
        Assume.that(!object.isEmpty());
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return new Field(object, names.get(random.nextInt(names.size())));
    }

    private static List<?> told(Read read) {
        return switch (read) {
            case Read.Experiments(var experiments) ->
                experiments.stream().map(Sourced::experiment).toList();
            case Read.Problems(var problems) ->
                problems.stream()
                        .map(problem -> problem.severity() + " " + problem.field() + ": " + problem.message())
                        .toList();
        };
    }

    @Property(tries = 250)
    void aMisspeltFieldNeverPasses(@ForAll("documents") ObjectNode document, @ForAll Random random)
            throws JsonProcessingException {
        Field field = anyField(document, random);
        String misspelt = misspell(field.name(), random);
        Assume.that(!field.of().has(misspelt) && !isKnown(misspelt));

        JsonNode value = field.of().remove(field.name());
        field.of().set(misspelt, value);

        assertThat(read(YAML.writeValueAsString(document)))
                .isInstanceOfSatisfying(
                        Read.Problems.class,
                        problems -> assertThat(problems.problems())
                                .anyMatch(problem ->
                                        String.valueOf(problem.field()).endsWith(misspelt) || isRest(problem)));
    }

    @Property(tries = 250)
    void noTextMakesItThrow(@ForAll("documents") ObjectNode document, @ForAll Random random)
            throws JsonProcessingException {
        var text = new StringBuilder(YAML.writeValueAsString(document));
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length());
            String noise = "{}[]:,-#&*!|>'\"%@`\t\n x0\u0000\u2028";
            text.replace(
                    at,
                    at + random.nextInt(2),
                    noise.substring(random.nextInt(noise.length())).substring(0, 1));
        }
        assertThat(read(text.toString())).isNotNull();
    }

    @Provide
    Arbitrary<ObjectNode> documents() {
        return Arbitraries.randomValue(random -> new RandomDocuments(random).document());
    }

    private static Read read(String yaml) {
        return ExperimentFile.read("f.yaml", new StringReader(yaml));
    }

    private static void collect(JsonNode node, List<ObjectNode> objects) {
        switch (node) {
            case ObjectNode object -> {
                objects.add(object);
                // Variables have any names.
                object.properties().stream()
                        .filter(field -> !field.getKey().equals("environment"))
                        .forEach(field -> collect(field.getValue(), objects));
            }
            case ArrayNode array -> array.forEach(child -> collect(child, objects));
            default -> {}
        }
    }

    /** More problems than are listed are counted in one line, which is about no field. */
    private static boolean isRest(Problem problem) {
        return problem.message().matches("and \\d+ more problems; mend these first");
    }

    private static boolean isKnown(String name) {
        return !dev.rebind.experiment.schema.FieldHomes.of(name).isEmpty()
                || List.of("old", "new", "state", "v6Only", "name", "address", "status", "uid")
                        .contains(name);
    }

    private static String misspell(String name, Random random) {
        int at = random.nextInt(name.length());
        var text = new StringBuilder(name);
        return switch (random.nextInt(4)) {
            case 0 ->
                text.deleteCharAt(at).append(name.length() == 1 ? "x" : "").toString();
            case 1 -> text.insert(at, (char) ('a' + random.nextInt(26))).toString();
            case 2 -> {
                text.setCharAt(at, Character.isUpperCase(name.charAt(at)) ? 'q' : 'Q');
                yield text.toString();
            }
            default -> text.append('s').toString();
        };
    }
}
