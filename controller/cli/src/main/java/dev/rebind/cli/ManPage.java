package dev.rebind.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Makes the man page of a command from its picocli model, with the macros of man(7). Picocli's own generator writes AsciiDoc, which needs a
 * Ruby installation to become a man page (docs/adr/0020-without-a-jdk.md).
 */
final class ManPage {
    private final CommandLine command;
    private final Help help;
    private final List<String> lines = new ArrayList<>();

    private ManPage(CommandLine command) {
        this.command = command;
        this.help = command.getCommandSpec().commandLine().getHelp();
    }

    /** @return the name of the page's file, such as {@code rebind-why.1} */
    static String fileName(CommandLine command) {
        return title(command) + ".1";
    }

    /** @return the page, which ends with a line feed */
    static String of(CommandLine command) {
        return String.join("\n", new ManPage(command).page()) + "\n";
    }

    private List<String> page() {
        CommandSpec spec = command.getCommandSpec();
        lines.add(".TH %s 1 \"\" \"rebind\" \"User commands\""
                .formatted(title(command).toUpperCase(java.util.Locale.ROOT)));
        String description = plain(String.join(" ", spec.usageMessage().description()));
        section("NAME");
        lines.add(escaped(title(command) + " - ") + text(firstSentence(description)));
        section("SYNOPSIS");
        lines.add(text(plain(help.synopsis(0)).replaceAll("\\s+", " ")));
        section("DESCRIPTION");
        lines.add(text(description));
        arguments(spec);
        commands(spec);
        exitCodes(spec.usageMessage().exitCodeList());
        footer(spec.usageMessage());
        section("SEE ALSO");
        CommandLine parent = command.getParent();
        lines.add(
                parent == null
                        ? text("The documentation in the project's folder docs.")
                        : ".BR " + escaped(title(parent)) + " (1)");
        return lines;
    }

    private void arguments(CommandSpec spec) {
        List<ArgSpec> arguments = new ArrayList<>(spec.positionalParameters());
        spec.options().forEach(arguments::add);
        arguments.removeIf(ArgSpec::hidden);
        if (arguments.isEmpty()) {
            return;
        }
        section("OPTIONS");
        for (ArgSpec argument : arguments) {
            String label = plain(help.createDefaultParamLabelRenderer()
                    .renderParameterLabel(argument, Ansi.OFF, List.of())
                    .toString());
            lines.add(".TP");
            lines.add("\\fB" + escaped(argument instanceof OptionSpec option ? String.join(", ", option.names()) : "")
                    + "\\fR" + escaped(label));
            lines.add(text(plain(String.join(" ", argument.description()))));
        }
    }

    private void commands(CommandSpec spec) {
        List<CommandLine> shown = spec.subcommands().values().stream()
                .filter(each -> !each.getCommandSpec().usageMessage().hidden())
                .toList();
        if (shown.isEmpty()) {
            return;
        }
        section("COMMANDS");
        for (CommandLine each : shown) {
            lines.add(".TP");
            lines.add(".BR " + escaped(title(each)) + " (1)");
            lines.add(text(
                    plain(String.join(" ", each.getCommandSpec().usageMessage().description()))));
        }
    }

    private void exitCodes(Map<String, String> codes) {
        if (codes.isEmpty()) {
            return;
        }
        section("EXIT STATUS");
        codes.forEach((code, meaning) -> {
            lines.add(".TP");
            lines.add("\\fB" + escaped(code.strip()) + "\\fR");
            lines.add(text(plain(meaning)));
        });
    }

    private void footer(CommandLine.Model.UsageMessageSpec usage) {
        if (usage.footer().length == 0) {
            return;
        }
        section("EXAMPLES");
        lines.add(".nf");
        for (String line : usage.footer()) {
            lines.add(text(plain(line)));
        }
        lines.add(".fi");
    }

    private void section(String name) {
        lines.add(".SH " + name);
    }

    private static String title(CommandLine command) {
        return command.getCommandSpec().qualifiedName("-");
    }

    private static String firstSentence(String text) {
        int end = text.indexOf(". ");
        return end < 0 ? text : text.substring(0, end + 1);
    }

    private static String plain(String text) {
        return Ansi.OFF.string(text).replace("%n", "\n").replace("%%", "%").strip();
    }

    /** Escapes text. Puts {@code \&} before a line that begins with a dot or an apostrophe, because roff would read it as a request. */
    private static String text(String text) {
        return escaped(text)
                .lines()
                .map(line -> line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line)
                .collect(java.util.stream.Collectors.joining("\n"));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-");
    }
}
