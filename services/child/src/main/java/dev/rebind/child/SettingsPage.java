package dev.rebind.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The reference page of a command, made from its picocli model: every setting as flag, variable, default, meaning. */
public final class SettingsPage {
    private SettingsPage() {}

    /** The settings table, and the exit codes where the command lists them, as Markdown. */
    public static String of(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        var page = new StringBuilder();
        page.append("| flag | variable | default | meaning |\n| --- | --- | --- | --- |\n");
        spec.options().stream()
                .filter(option -> !option.hidden() && !option.usageHelp() && !option.versionHelp())
                .forEach(option -> page.append(row(spec, option)));
        var exitCodes = spec.usageMessage().exitCodeList();
        if (!exitCodes.isEmpty()) {
            page.append("\n## Exit codes\n\n| code | meaning |\n| --- | --- |\n");
            exitCodes.forEach((code, meaning) -> page.append("| %s | %s |\n".formatted(code.strip(), cell(meaning))));
        }
        return page.toString();
    }

    private static String row(CommandSpec spec, OptionSpec option) {
        IDefaultValueProvider provider = spec.defaultValueProvider();
        String variable = provider instanceof EnvironmentDefaults names ? names.variableOf(option) : null;
        String value = option.defaultValue();
        return "| `%s` | %s | %s | %s |\n"
                .formatted(
                        option.longestName() + placeholder(option),
                        variable == null ? "" : "`" + variable + "`",
                        value == null ? "" : "`" + value + "`",
                        cell(withoutDefault(String.join(" ", option.description()), value) + candidates(option)));
    }

    private static String placeholder(OptionSpec option) {
        if (option.arity().max() == 0) {
            return "";
        }
        return option.arity().min() == 0 ? "[=" + option.paramLabel() + "]" : "=" + option.paramLabel();
    }

    /** The default has a column of its own. */
    private static String withoutDefault(String description, @Nullable String value) {
        return value == null ? description : description.replace(" Default: " + value + ".", "");
    }

    /** Those of an enum are its constants unless the option names fewer. */
    private static String candidates(OptionSpec option) {
        if (option.completionCandidates() == null) {
            return "";
        }
        String described = String.join(" ", option.description());
        List<String> words = StreamSupport.stream(option.completionCandidates().spliterator(), false)
                .toList();
        if (words.stream().allMatch(word -> described.matches("(?s).*\\b" + Pattern.quote(word) + "\\b.*"))) {
            return "";
        }
        return words.stream().map(each -> "`" + each + "`").collect(Collectors.joining(", ", " One of ", "."));
    }

    private static String cell(String text) {
        // %% is how picocli's descriptions write a percent sign.
        return text.replace("%%", "%").replace("%n", " ").replace("|", "\\|").strip();
    }

    /**
     * Holds a page in {@code docs/} to what the code says: for tests. With {@code -Drebind.update-docs=true} the page is written.
     *
     * @throws IllegalStateException when the page is stale or not there; its message says how to write it
     */
    public static void hold(Path page, String expected) {
        try {
            if (Boolean.getBoolean("rebind.update-docs")) {
                Files.createDirectories(page.toAbsolutePath().getParent());
                Files.writeString(page, expected);
            }
            String found = Files.exists(page) ? Files.readString(page) : "";
            if (!found.equals(expected)) {
                throw new IllegalStateException(page + " does not say what the code does. Write it anew with"
                        + " ./mvnw test -Drebind.update-docs=true, look at the difference, and commit it.");
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
