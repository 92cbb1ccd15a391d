package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The tree of docs/book/in-two-minutes.md")
class DecisionTreeTest {
    private static final Pattern TREE = Pattern.compile("```mermaid\n(.*?)```", Pattern.DOTALL);

    @ParameterizedTest
    @EnumSource
    @DisplayName("leads to each cause from something that is seen, and from there to a remedy")
    void everyCause(Cause cause) throws IOException {
        String page = Files.readString(Path.of("../../docs/book/in-two-minutes.md"));
        var tree = TREE.matcher(page);
        assertThat(tree.find()).isTrue();

        assertThat(tree.group(1).lines())
                .anyMatch(line -> line.matches(" +\\w+ -->\\|[^|]+\\| " + cause + " --> \\w+.*"));
    }
}
