package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

@DisplayName("The help of every command")
class HelpTest {
    private static final Path ROOT = Path.of("..", "..");

    /** Those that the help of rebind lists and that are Rebind's own. */
    static Stream<Named<CommandLine>> commands() {
        return ManPagesCommand.documented().stream()
                .filter(command ->
                        command.getCommand().getClass().getPackageName().startsWith("dev.rebind"))
                .map(command -> Named.of(command.getCommandSpec().qualifiedName(), command));
    }

    private static List<OptionSpec> withValue(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden() && option.arity().max() > 0)
                .toList();
    }

    private static String description(ArgSpec argument) {
        return String.join(" ", argument.description());
    }

    @ParameterizedTest
    @MethodSource("commands")
    @DisplayName("When an option or a parameter takes a value, then its placeholder says in capitals what the value is")
    void labels(CommandLine command) {
        List<ArgSpec> arguments = new ArrayList<>(withValue(command));
        command.getCommandSpec().positionalParameters().stream()
                .filter(parameter -> !parameter.hidden())
                .forEach(arguments::add);

        assertThat(arguments)
                .allSatisfy(argument ->
                        assertThat(argument.paramLabel()).as(name(argument)).matches("[A-Z][A-Z_-]*"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    @DisplayName("When an option takes a value, then its help has the default, or says what holds without the option")
    void defaults(CommandLine command) {
        for (OptionSpec option : withValue(command)) {
            String text = description(option);
            if (option.defaultValue() != null) {
                assertThat(text).as(option.longestName()).contains("Default: " + option.defaultValue() + ".");
            } else if (!option.required()) {
                assertThat(text)
                        .as(option.longestName())
                        .containsPattern("Default: |Default PORT: |[Ww]ithout it|Needed ");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    @DisplayName("When an option takes one of several words, then its help has each of them")
    void words(CommandLine command) {
        for (OptionSpec option : withValue(command)) {
            if (option.completionCandidates() != null) {
                assertThat(option.completionCandidates())
                        .allSatisfy(word -> assertThat(description(option))
                                .as(option.longestName())
                                .containsPattern("\\b" + word + "\\b"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    @DisplayName(
            "Its examples parse, and what they name is there: a file of the repository, or a report that an example"
                    + " above has written")
    void examples(CommandLine command) {
        var usage = command.getCommandSpec().usageMessage();
        assertThat(usage.footerHeading()).isEqualTo("%nExamples:%n");
        List<String> lines = Arrays.stream(usage.footer()).map(String::strip).toList();
        String name = command.getCommandSpec().qualifiedName();
        assertThat(lines)
                .isNotEmpty()
                .allMatch(line -> line.startsWith("rebind "))
                .anyMatch(line -> line.startsWith(name));

        Set<String> written = new HashSet<>();
        for (String line : lines) {
            String[] words = line.substring("rebind ".length()).split(" ");
            assertThatCode(() -> Main.commandLineFor(words).parseArgs(words))
                    .as(line)
                    .doesNotThrowAnyException();
            List<String> all = List.of(words);
            if (all.contains("--report")) {
                written.add(all.get(all.indexOf("--report") + 1));
            }
            if (List.of("report", "compare").contains(words[0])) {
                assertThat(all.stream().skip(1).filter(word -> !word.startsWith("-")))
                        .as(line)
                        .allMatch(written::contains);
            }
            assertThat(all)
                    .as(line)
                    .filteredOn(word -> word.contains("/") && !word.startsWith("/"))
                    .allSatisfy(file -> assertThat(ROOT.resolve(file)).exists());
        }
    }

    private static String name(ArgSpec argument) {
        return switch (argument) {
            case OptionSpec option -> option.longestName();
            case PositionalParamSpec parameter -> parameter.paramLabel();
            default -> throw new AssertionError(argument);
        };
    }
}
