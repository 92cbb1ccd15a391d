package dev.rebind.cli;

import dev.rebind.cli.log.JsonLogProvider;
import dev.rebind.sockets.posix.DescriptorLimit;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The command-line program. Whatever goes wrong in it ends with {@link ExitCode#BROKEN}, never with 1, which means a failed experiment. */
public final class Main {
    private static final String NOT_LOADED =
            "a part of Rebind could not be loaded. Where the limit of open files (ulimit -n) is below 256, that is why"
                    + " (EMFILE): raise it; else build Rebind again.";

    private Main() {}

    public static void main(String[] arguments) {
        // Before anything logs. Whatever the command: who collects logs wants those of all of them alike.
        if ("json".equals(System.getenv("REBIND_LOG_FORMAT"))) {
            JsonLogProvider.use();
        }
        int code;
        try {
            var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
            String[] present = DeprecatedOptions.replaced(arguments, err);
            code = commandLineFor(present).execute(present);
        } catch (Throwable e) {
            // Not an Exception, which picocli hands over below: a class that cannot be loaded, memory that is used up.
            code = lost(e);
        }
        System.exit(code);
    }

    /** With every command. */
    static CommandLine commandLine() {
        return set(new CommandLine(new RebindCommand()));
    }

    /**
     * For these arguments. Where the first one names a command, only that one is there: to read the options of all of them takes
     * half of a short command's time.
     */
    static CommandLine commandLineFor(String... arguments) {
        Command rebind = RebindCommand.class.getAnnotation(Command.class);
        for (Class<?> command : rebind.subcommands()) {
            if (arguments.length > 0
                    // Picocli's own, help and generate-completion, are about the others.
                    && command.getPackageName().startsWith("dev.rebind")
                    && command.getAnnotation(Command.class).name().equals(arguments[0])) {
                return set(new CommandLine(CommandSpec.create().name(rebind.name())).addSubcommand(command));
            }
        }
        return commandLine();
    }

    /** References, since a class of a library that is named where an object is made is loaded before {@link #main} can say that it is missing. */
    private static CommandLine set(CommandLine line) {
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Integer.class, WholeNumber::of)
                .registerConverter(int.class, WholeNumber::of)
                .setParameterExceptionHandler((failure, _) -> UsageErrors.say(failure))
                .setExecutionExceptionHandler((exception, failed, _) -> broken(exception, failed.getErr()));
    }

    /** What it takes to tell the reason may be missing as well. */
    private static int lost(Throwable failure) {
        try {
            return broken(failure, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        } catch (Throwable e) {
            System.err.println("rebind: " + failure + "; and while that was told: " + e);
            System.err.println("rebind: " + NOT_LOADED);
            return ExitCode.BROKEN;
        }
    }

    private static int broken(Throwable failure, PrintWriter err) {
        failure.printStackTrace(err);
        err.println("rebind: " + reason(failure));
        return ExitCode.BROKEN;
    }

    private static String reason(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            return "Java has no memory left (" + failure.getMessage()
                    + "); give it more (REBIND_JAVA_OPTS=-Xmx…), or raise"
                    + " the limit of processes and threads (ulimit -u) where it is a thread that cannot be made.";
        }
        Optional<String> limit = DescriptorLimit.reached(failure);
        if (limit.isPresent() || failure instanceof LinkageError) {
            // A jar that cannot be opened is left out without a word: its classes are not there.
            return limit.map(text -> text + ".").orElse(NOT_LOADED);
        }
        return "this is an error in Rebind itself; please report it with the lines above.";
    }
}
