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

/** Says what is wrong with a command line, what may be meant, and where the help is. The help itself would hide the error. */
final class UsageErrors {
    private static final Pattern INVALID = Pattern.compile(
            "^Invalid value for (?:option '([^']+)'|positional parameter at index \\S+)(?: at index \\d+)?(?: \\(<?([^)>]*)>?\\))?: ");

    private record Wrong(String sentence, Optional<String> meant) {}

    private UsageErrors() {}

    /** @return the exit code */
    static int say(ParameterException failure) {
        CommandLine line = failure.getCommandLine();
        PrintWriter err = line.getErr();
        Wrong wrong = failure instanceof UnmatchedArgumentException unmatched
                        && !unmatched.getUnmatched().isEmpty()
                ? unmatched(unmatched.getUnmatched().getFirst(), line.getCommandSpec())
                : new Wrong(sentence(failure), meantValue(failure));
        err.println("rebind: " + wrong.sentence()
                + wrong.meant().map(meant -> "; did you mean " + meant + "?").orElse(""));
        err.println("rebind: for all that it takes: " + line.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
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
        return new Wrong("'" + argument + "' is one argument too many", Optional.empty());
    }

    /** Picocli's, with the option alone in front of it. */
    private static String sentence(ParameterException failure) {
        String message = INVALID.matcher(String.valueOf(failure.getMessage()))
                .replaceFirst(found ->
                        Matcher.quoteReplacement((found.group(1) == null ? found.group(2) : found.group(1)) + ": "));
        if (message.startsWith("-")) {
            return message;
        }
        return Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    /** Of an option or parameter that takes one of several words. */
    private static Optional<String> meantValue(ParameterException failure) {
        ArgSpec argument = failure.getArgSpec();
        if (argument == null || argument.completionCandidates() == null || failure.getValue() == null) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        argument.completionCandidates().forEach(words::add);
        return SpellingSuggestion.nearest(failure.getValue(), words);
    }
}
