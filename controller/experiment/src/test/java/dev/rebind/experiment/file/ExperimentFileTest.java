package dev.rebind.experiment.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Source;
import dev.rebind.experiment.Step;
import dev.rebind.experiment.file.ExperimentFile.Read;
import dev.rebind.experiment.restart.ReuseAddress;
import dev.rebind.experiment.restart.ReusePair;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentFileTest {
    private static final String GOOD = """
            apiVersion: rebind.dev/v1alpha1
            kind: RebindExperiment
            metadata: {name: NAME}
            spec: {}
            """;

    @TempDir
    private Path folder;

    @Test
    @DisplayName("When there is no such file, or it is a directory, then that is said of it")
    void notAFile() {
        Path missing = folder.resolve("missing.yaml");
        assertThat(problems(missing)).containsExactly(missing + ": no such file");
        assertThat(problems(folder)).containsExactly(folder + ": is a directory; name the experiment files in it");
        assertThat(problems(missing.resolve("below"))).containsExactly(missing.resolve("below") + ": no such file");
    }

    @Test
    @DisplayName("When a file is empty, not text, or too large, then that is said of it")
    void notText() throws IOException {
        assertThat(problems(write(new byte[0]))).singleElement().asString().contains(": is empty;");
        assertThat(problems(write("a: b\nc: \u00e4\n".getBytes(StandardCharsets.ISO_8859_1))))
                .singleElement()
                .asString()
                .endsWith("f.yaml:2: is not UTF-8 text (byte 8 of the file); save it as UTF-8");
        assertThat(problems(write(GOOD.getBytes(StandardCharsets.UTF_16))))
                .singleElement()
                .asString()
                .endsWith(":1: is written in UTF-16; save it as UTF-8");
        assertThat(problems(write(new byte[] {'a', ':', ' ', 'b', '\n', 0})))
                .singleElement()
                .asString()
                .endsWith("f.yaml:2: not YAML: the character U+0000 may not stand in it");
        assertThat(problems(write(new byte[(1 << 20) + 1])))
                .singleElement()
                .asString()
                .endsWith("is larger than 1 MiB, which no experiment file is");
        assertThat(problems(write("#\u00e4".getBytes(StandardCharsets.UTF_8)))).hasSize(1);
        assertThat(problems(write(new byte[] {'a', (byte) 0xc3})))
                .as("cut in the middle of a character")
                .singleElement()
                .asString()
                .contains("is not UTF-8");
    }

    @Test
    @DisplayName("When a file begins with a byte order mark or has Windows line ends, then it is read all the same")
    void byteOrderMark() throws IOException {
        Path file =
                write(("\ufeff" + GOOD.replace("NAME", "a").replace("\n", "\r\n")).getBytes(StandardCharsets.UTF_8));
        assertThat(ExperimentFile.read(file)).isInstanceOf(Read.Experiments.class);
    }

    @Test
    @DisplayName("When two files of one run have experiments of one name, then the second is refused")
    void oneName() throws IOException {
        Path one = folder.resolve("one.yaml");
        Path two = folder.resolve("two.yaml");
        Files.writeString(one, GOOD.replace("NAME", "same"));
        Files.writeString(two, "# second\n" + GOOD.replace("NAME", "same"));
        assertThat(lines(ExperimentFile.read(List.of(one, two))))
                .containsExactly(two + ":4: metadata.name: \"same\" is the name of another experiment, at " + one
                        + ":3; give each a name of its own");
    }

    @Test
    @DisplayName("When one of several files is wrong, then the problems of all are said and nothing is to be run")
    void severalFiles() throws IOException {
        Path good = folder.resolve("good.yaml");
        Files.writeString(good, GOOD.replace("NAME", "good"));
        assertThat(lines(ExperimentFile.read(List.of(folder.resolve("a"), good, folder.resolve("b")))))
                .containsExactly(folder.resolve("a") + ": no such file", folder.resolve("b") + ": no such file");
    }

    @Test
    @DisplayName("When a file has several experiments, then each comes with its own text and lines")
    void sources() {
        String text = "# first\n" + GOOD.replace("NAME", "a") + "---\n# second\n"
                + GOOD.replace("NAME", "b").replace("spec: {}", "spec:\n  clients:\n    connections: 2");
        var read = (Read.Experiments) ExperimentFile.read("f.yaml", new StringReader(text));

        Source first = read.experiments().getFirst().source();
        Source second = read.experiments().getLast().source();
        assertThat(first.text()).startsWith("# first\n").endsWith("spec: {}\n").doesNotContain("---");
        assertThat(second.text()).startsWith("# second\n").endsWith("connections: 2\n");
        assertThat(problem(second, "spec.clients.connections")).startsWith("f.yaml:13: ");
        assertThat(problem(second, "spec.clients.behaviour")).startsWith("f.yaml:12: ");
        assertThat(problem(second, "spec.target.server.port")).startsWith("f.yaml:11: ");
        assertThat(problem(second, "metadata.namespace")).startsWith("f.yaml:10: ");
    }

    @Test
    @DisplayName("When a file has a plain true or false for the map of the option, then it is the map's value")
    void plainFlag() {
        assertThat(spec("reuseAddress: true").reuseAddress()).isEqualTo(new ReuseAddress(true, null, null));
        assertThat(spec("reuseAddress: false").reuseAddress()).isEqualTo(new ReuseAddress(false, null, null));
        assertThat(spec("steps: [{reuseAddress: true}]").steps())
                .extracting(Step::reuseAddress)
                .containsExactly(new ReusePair(true, true));
    }

    @ParameterizedTest
    @DisplayName("When version and kind are wrong and an experiment is meant nevertheless, then what is wrong below is"
            + " told, too")
    @CsvSource({
        "rebind.dev/v1, Experiment, true",
        "rebind.dev/v2, Rebind, true",
        "apps/v1, RebindExperiments, true",
        "v1, RebindExperiment, true",
        "apps/v1, Deployment, false",
        "chaos-mesh.org/v1alpha1, NetworkChaos, false"
    })
    void wrongVersionAndKind(String version, String kind, boolean meant) {
        String text = """
            apiVersion: %s
            kind: %s
            metadata: {name: one}
            spec: {cycles: 0}
            """.formatted(version, kind);
        List<String> lines = lines(ExperimentFile.read("f.yaml", new StringReader(text)));

        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("f.yaml:1: apiVersion"));
        assertThat(lines.stream().anyMatch(line -> line.startsWith("f.yaml:4: spec.cycles")))
                .as("%s", lines)
                .isEqualTo(meant);
    }

    private static ExperimentSpec spec(String field) {
        String text = """
                apiVersion: %s
                kind: %s
                metadata: {name: plain}
                spec:
                  %s
                """.formatted(Experiment.API_VERSION, Experiment.KIND, field);
        return switch (ExperimentFile.read("f.yaml", new StringReader(text))) {
            case Read.Experiments read ->
                read.experiments().getFirst().experiment().spec();
            case Read.Problems problems -> throw new AssertionError(problems);
        };
    }

    @Test
    @DisplayName("When the reader fails, then that is said")
    void brokenReader() {
        var broken = new Reader() {
            @Override
            public int read(char[] buffer, int offset, int length) throws IOException {
                throw new IOException("gone");
            }

            @Override
            public void close() {}
        };
        assertThat(lines(ExperimentFile.read("-", broken))).containsExactly("-: cannot be read: gone");
    }

    private static String problem(Source source, String field) {
        return source.problem(Problem.Severity.error, field, "wrong").toString();
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("f.yaml"), bytes);
    }

    private static List<String> problems(Path path) {
        return lines(ExperimentFile.read(path));
    }

    private static List<String> lines(Read read) {
        return switch (read) {
            case Read.Experiments experiments -> List.of(experiments.toString());
            case Read.Problems(var problems) ->
                problems.stream().map(Problem::toString).toList();
        };
    }
}
