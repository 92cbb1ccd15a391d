package dev.rebind.experiment.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.file.ExperimentFile.Read;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Every message, as its reader sees it. messages.txt has the cases: a title, a document (what stands before "spec:" is
 * put there unless the case has it), and what is said of it. {@code -Drebind.update-docs=true} writes what is said now.
 */
class MessagesTest {
    private static final Path CASES = Path.of("src/test/resources/dev/rebind/experiment/file/messages.txt");
    private static final String HEADING = """
            apiVersion: rebind.dev/v1alpha1
            kind: RebindExperiment
            metadata: {name: bad}
            """;

    private record Case(String title, String yaml) {
        String said() {
            String whole = yaml.startsWith("spec:") ? HEADING + yaml : yaml;
            return switch (ExperimentFile.read("f.yaml", new StringReader(whole))) {
                case Read.Experiments read ->
                    "=> nothing is wrong (" + read.experiments().size() + ")\n";
                case Read.Problems(var problems) ->
                    problems.stream().map(problem -> "=> " + problem + "\n").collect(Collectors.joining());
            };
        }

        String text() {
            return "== " + title + "\n" + yaml + said();
        }
    }

    @Test
    @DisplayName("When a file is wrong, then every problem is said at once, with line, field and what to do instead")
    void messages() throws IOException {
        String written = Files.readString(CASES);
        String now = cases(written).stream().map(Case::text).collect(Collectors.joining("\n"));
        if (Boolean.getBoolean("rebind.update-docs")) {
            Files.writeString(CASES, now);
        }
        assertThat(CASES)
                .as("look at what changed, then run with -Drebind.update-docs=true")
                .hasContent(now);
    }

    private static List<Case> cases(String text) {
        var cases = new ArrayList<Case>();
        for (String part : text.split("(?m)^== ")) {
            if (!part.isBlank()) {
                String[] lines = part.split("\n", 2);
                String yaml = lines[1].lines()
                        .takeWhile(line -> !line.startsWith("=> "))
                        .collect(Collectors.joining("\n", "", "\n"));
                cases.add(new Case(lines[0], yaml.replaceAll("\n+$", "\n")));
            }
        }
        return cases;
    }
}
