package dev.rebind.experiment.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.file.ExperimentFile.Read;
import java.io.StringReader;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are made to take long, or to be repeated. Each is read in a fraction of a second; it took minutes. */
@Timeout(60)
class FileLimitsTest {
    private static final String HEAD = """
            apiVersion: rebind.dev/v1alpha1
            kind: RebindExperiment
            metadata: {name: a}
            """;

    private static final int MANY = 60_000;
    private static final String DIGITS = "9".repeat(500_000);
    private static final String LETTERS = "x".repeat(250_000);

    private static List<Problem> problems(String text) {
        return switch (ExperimentFile.read("f.yaml", new StringReader(text))) {
            case Read.Experiments read -> throw new AssertionError("nothing is said of it: " + read);
            case Read.Problems read -> read.problems();
        };
    }

    private static String spec(String fields) {
        return HEAD + "spec: {" + fields + "}\n";
    }

    private static String metadata(String fields) {
        return HEAD.replace("{name: a}", "{" + fields + "}") + "spec: {}\n";
    }

    private static String numbered(IntFunction<String> one) {
        return IntStream.range(0, MANY).mapToObj(one).collect(Collectors.joining(", "));
    }

    /** The entries of a list, each a map with the field over and over. */
    private static String fields(String field) {
        return ("{" + (field + ", ").repeat(40) + "}, ").repeat(1_000);
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                Arguments.of("empty documents", "---\n".repeat(20_000), "more than 1000 documents"),
                Arguments.of("documents behind their markers", "--- a\n".repeat(170_000), "more than 1000 documents"),
                Arguments.of("whole documents", (HEAD + "spec: {}\n---\n").repeat(8_000), "more than 1000 documents"),
                Arguments.of(
                        "digits of a number", spec("cycles: " + DIGITS), "expected a whole number from 1 to 1000000"),
                Arguments.of(
                        "digits of a quoted number",
                        spec("cycles: \"" + DIGITS + "\""),
                        "without leading zeros or quotes"),
                Arguments.of("digits in groups", spec("cycles: " + "1_".repeat(250_000)), "expected a whole number"),
                Arguments.of("digits by 60", spec("cycles: 1" + ":1".repeat(250_000)), "expected a whole number"),
                Arguments.of("digits of a duration", spec("duration: " + DIGITS + "s"), "100 characters at most"),
                Arguments.of("parts of a duration", spec("duration: " + "9h".repeat(200_000)), "100 characters"),
                Arguments.of("a fraction", spec("duration: 1." + DIGITS + "h"), "100 characters at most"),
                Arguments.of("digits for a text", metadata("name: " + DIGITS), "expected text"),
                Arguments.of("a value of a choice", spec("restart: {mode: " + LETTERS + "}"), "expected listener"),
                Arguments.of("a field's name", spec("? \"" + LETTERS + "\" : 1"), "317 characters at most"),
                Arguments.of(
                        "a label's name", metadata("name: a, labels: {? \"" + LETTERS + "\" : b}"), "317 characters"),
                Arguments.of("unknown fields", spec(numbered(i -> "x" + i + ": 1")), "has 60000 fields"),
                Arguments.of("one field again", spec(numbered(_ -> "cycles: 1")), "has 60000 fields"),
                Arguments.of(
                        "labels",
                        metadata("name: a, labels: {" + numbered(i -> "x" + i + ": y") + "}"),
                        "60000 fields"),
                Arguments.of("steps", spec("steps: [" + numbered(_ -> "{}") + "]"), "has 60000 entries"),
                Arguments.of("cells", spec("cells: [" + numbered(_ -> "{a: 1}") + "]"), "has 60000 entries"),
                Arguments.of(
                        "fields of steps",
                        spec("steps: ["
                                + ("{"
                                                + IntStream.range(0, 100)
                                                        .mapToObj(i -> "x" + i + ": 1")
                                                        .collect(Collectors.joining(", "))
                                                + "}, ")
                                        .repeat(900)
                                + "]"),
                        "and 89950 more problems"),
                Arguments.of("a name", metadata("name: " + LETTERS + "_"), "is not an RFC 1123 label"),
                Arguments.of(
                        "a namespace", metadata("name: a, namespace: " + LETTERS + "_"), "is not an RFC 1123 label"),
                Arguments.of(
                        "an address", spec("target: {server: {address: " + LETTERS + "}}"), "is not an IPv4 or IPv6"),
                Arguments.of(
                        "an address in brackets",
                        spec("target: {server: {address: \"[" + LETTERS + "\"}}"),
                        "without brackets"),
                Arguments.of(
                        "an address of digits",
                        spec("target: {server: {address: \"1:" + LETTERS + "\"}}"),
                        "is not an IPv4 or IPv6"),
                Arguments.of(
                        "a tour", metadata("name: a, labels: {rebind.dev/tour: " + LETTERS + "}"), "means nothing"),
                Arguments.of("a text", spec("description: \"" + "x".repeat(300_000) + "\""), "has 300000 characters"),
                Arguments.of("a tag", "!<" + LETTERS + "> a", "expected a map"),
                Arguments.of("a tag of a map", spec("restart: !<" + LETTERS + "> {}"), "has the tag"),
                Arguments.of("an alias", "*" + LETTERS, "undefined alias"),
                Arguments.of(
                        "digits by aliases",
                        spec("description: &a " + DIGITS + ", steps: [" + fields("cycles: *a") + "]"),
                        "repeated by aliases"),
                Arguments.of(
                        "a quoted text by aliases",
                        spec("description: &a \"" + LETTERS + "\", steps: [" + fields("duration: *a") + "]"),
                        "repeated by aliases"),
                Arguments.of(
                        "a list by aliases",
                        spec("description: &a [" + DIGITS + "], steps: [" + "{cycles: *a}, ".repeat(40) + "]"),
                        "repeated by aliases"),
                Arguments.of(
                        "an alias of aliases",
                        spec("description: [&a [" + "x, ".repeat(1_000) + "], &b [" + "*a, ".repeat(40) + "]], steps: ["
                                + "*b, ".repeat(40) + "]"),
                        "repeated by aliases"),
                Arguments.of(
                        "a field's name by aliases",
                        spec("description: &a " + LETTERS + ", steps: [" + fields("? *a : 1") + "]"),
                        "repeated by aliases"),
                Arguments.of("a version", "apiVersion: " + LETTERS + "\n", "and Rebind reads"),
                Arguments.of("lists in lists", "[".repeat(100_000), "more nested"),
                Arguments.of("keys in keys", "? ".repeat(40_000), "more nested"),
                Arguments.of("comments", "#\n".repeat(500_000), "is empty"),
                Arguments.of(
                        "entries in a line above",
                        "a: |\n  " + "- ".repeat(400_000) + "x: y\n b: c\nd: e: f\n",
                        "not YAML"),
                Arguments.of("a quote that does not end", "a: \"" + "x\n".repeat(400_000), "not YAML"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    @DisplayName("When a file has too much of anything, then it is refused at once, and the message is short")
    void hostile(String what, String text, String said) {
        List<Problem> problems = problems(text);

        assertThat(problems).as(what).hasSizeLessThanOrEqualTo(FileLimits.PROBLEMS + 1);
        assertThat(problems)
                .anySatisfy(problem -> assertThat(problem.toString()).contains(said))
                .allSatisfy(problem -> assertThat(problem.toString())
                        .hasSizeLessThan(1_000)
                        .doesNotContainPattern("[x9]{" + (Excerpt.MOST + 1) + "}"));
    }

    @Test
    @DisplayName("When a file has more problems than are listed, then the first are listed and the others counted")
    void counted() {
        List<Problem> problems = problems("---\n".repeat(700));

        assertThat(problems).hasSize(FileLimits.PROBLEMS + 1);
        assertThat(problems.getFirst().line()).isEqualTo(2);
        assertThat(problems.get(FileLimits.PROBLEMS - 1).line()).isEqualTo(51);
        assertThat(problems.getLast()).hasToString("f.yaml: and 650 more problems; mend these first");
    }

    @Test
    @DisplayName("When a short value is repeated by aliases as often as there are fields, then the file is read")
    void shortAliases() {
        String labels = IntStream.range(0, FileLimits.FIELDS - 1)
                .mapToObj(i -> "x" + i + ": *a")
                .collect(Collectors.joining(", "));

        assertThat(ExperimentFile.read(
                        "f.yaml", new StringReader(metadata("name: a, labels: {first: &a short, " + labels + "}"))))
                .isInstanceOf(Read.Experiments.class);
    }

    @Test
    @DisplayName("When problems are as many as are listed, then no others are spoken of")
    void allListed() {
        assertThat(problems("---\n".repeat(FileLimits.PROBLEMS)))
                .hasSize(FileLimits.PROBLEMS)
                .noneSatisfy(problem -> assertThat(problem.message()).contains("more problems"));
    }

    @Test
    @DisplayName(
            "When documents begin on the lines of their markers, or lines end in other ways, then each has its own text")
    void texts() {
        String text = "# one \ud83d\ude00\u2028# still one\n" + HEAD + "spec: {}\n...\n%YAML 1.1\n--- # two\n"
                + HEAD.replace("a}", "b}") + "spec: {description: \"---\"}\r\n---  {apiVersion: rebind.dev/v1alpha1,"
                + " kind: RebindExperiment, metadata: {name: c}, spec: {}}\n---\n\n" + HEAD.replace("a}", "d}")
                + "spec: {}";
        var read = (Read.Experiments) ExperimentFile.read("f.yaml", new StringReader(text));

        assertThat(read.experiments())
                .extracting(one -> one.source().text())
                .containsExactly(
                        "# one \ud83d\ude00\u2028# still one\n" + HEAD + "spec: {}\n",
                        "# two\n" + HEAD.replace("a}", "b}") + "spec: {description: \"---\"}\n",
                        "{apiVersion: rebind.dev/v1alpha1, kind: RebindExperiment, metadata: {name: c}, spec: {}}\n",
                        "\n" + HEAD.replace("a}", "d}") + "spec: {}\n");
    }
}
