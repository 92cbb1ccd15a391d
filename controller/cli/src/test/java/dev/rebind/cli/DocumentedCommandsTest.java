package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The documented commands")
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("..", "..");
    /** In a line of their own, up to a comment, or in the midst of a sentence. */
    private static final Pattern COMMAND = Pattern.compile("(?m)^    \\./rebind ([^#\n\\\\]+)|`\\./rebind ([^`]+)`");

    private static List<String> commands(String page) throws IOException {
        return COMMAND.matcher(Files.readString(ROOT.resolve(page)))
                .results()
                .map(DocumentedCommandsTest::words)
                .toList();
    }

    private static String words(MatchResult found) {
        return (found.group(1) == null ? found.group(2) : found.group(1)).strip();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "docs/README.md",
                "docs/why.md",
                "docs/audit.md",
                "docs/check.md",
                "docs/compare.md",
                "docs/watching.md"
            })
    @DisplayName("When a page names a command, then its options and arguments are those that the command takes")
    void parse(String page) throws IOException {
        assertThat(commands(page)).isNotEmpty().allSatisfy(command -> {
            String[] arguments = command.replace("PORT", "8080")
                    .replace("COMMAND", "./my-server")
                    .split(" ");
            assertThatCode(() -> Main.commandLineFor(arguments).parseArgs(arguments))
                    .as(command)
                    .doesNotThrowAnyException();
        });
    }

    @Test
    @DisplayName(
            "When a newcomer reads the README, then there are one example, one picture, two commands to start with and"
                    + " three uses")
    void readme() throws IOException {
        String page = Files.readString(ROOT.resolve("README.md"));

        assertThat(page).startsWith("# Rebind\n\nFind out why a restarted server gets *Address already in use*,");
        assertThat(Pattern.compile("(?m)^```console").matcher(page).results()).hasSize(1);
        assertThat(Pattern.compile("!\\[").matcher(page).results()).hasSize(1);
        assertThat(Pattern.compile("(?m)^    \\./rebind ").matcher(page).results())
                .hasSize(2);
        assertThat(Pattern.compile("(?m)^- \\*\\*").matcher(page).results()).hasSize(3);
    }
}
