package dev.rebind.cli;

import dev.rebind.experiment.file.SpellingSuggestion;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says what is wrong with a command line, what the user may have meant, and where to find help. It does not print the help, which would
 * hide the error.
 */
final class UsageErrors {
    private static final Pattern INVALID = Pattern.compile(
            "^Invalid value for (?:option '([^']+)'|positional parameter at index \\S+)(?: at index \\d+)?(?: \\(<?([^)>]*)>?\\))?: ");

    /** The message of picocli's help for an unknown command. */
    private static final Pattern HELP_OF = Pattern.compile("Unknown subcommand '(.*)'\\.");

    private record Wrong(String sentence, Optional<String> meant) {}

    private UsageErrors() {}

    /** @return the exit code */
    static int say(ParameterException failure) {
        CommandLine line = failure.getCommandLine();
        PrintWriter err = line.getErr();
        Wrong wrong = wrong(failure, line.getCommandSpec());
        err.println("rebind: " + wrong.sentence()
                + wrong.meant().map(meant -> "; did you mean " + meant + "?").orElse(""));
        err.println("rebind: for all that it takes: " + line.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static Wrong wrong(ParameterException failure, CommandSpec spec) {
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            return unmatched(unmatched.getUnmatched().getFirst(), spec);
        }
        Matcher ofHelp = HELP_OF.matcher(String.valueOf(failure.getMessage()));
        return ofHelp.matches() ? unmatched(ofHelp.group(1), spec) : new Wrong(sentence(failure), meantValue(failure));
    }

    private static Wrong unmatched(String argument, CommandSpec spec) {
        if (argument.startsWith("-")) {
            String name = argument.split("=", 2)[0];
            return new Wrong(
                    "unknown option '" + name + "'",
                    SpellingSuggestion.nearest(name, spec.optionsMap().keySet()));
        }
        if (!spec.subcommands().isEmpty()) {
            return new Wrong(
                    "unknown command '" + argument + "'",
                    SpellingSuggestion.nearest(argument, spec.subcommands().keySet()));
        }
        List<String> words = spec.positionalParameters().stream()
                .flatMap(parameter -> words(parameter).stream())
                .toList();
        return words.isEmpty()
                ? new Wrong("'" + argument + "' is one argument too many", Optional.empty())
                : new Wrong(
                        "'" + argument + "' is none of " + String.join(", ", words),
                        SpellingSuggestion.nearest(argument, words));
    }

    /** Picocli's message, shortened so that it begins with only the option. */
    private static String sentence(ParameterException failure) {
        String message = INVALID.matcher(String.valueOf(failure.getMessage()))
                .replaceFirst(found ->
                        Matcher.quoteReplacement((found.group(1) == null ? found.group(2) : found.group(1)) + ": "));
        if (message.startsWith("-")) {
            return message;
        }
        return Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    /** The word that the user may have meant, for an option or parameter that takes one of several words. */
    private static Optional<String> meantValue(ParameterException failure) {
        ArgSpec argument = failure.getArgSpec();
        return argument == null || failure.getValue() == null
                ? Optional.empty()
                : SpellingSuggestion.nearest(failure.getValue(), words(argument));
    }

    /** The words that an option or parameter accepts; none where it accepts other values. */
    private static List<String> words(ArgSpec argument) {
        List<String> words = new ArrayList<>();
        if (argument.completionCandidates() != null) {
            argument.completionCandidates().forEach(words::add);
        }
        return words;
    }
}
