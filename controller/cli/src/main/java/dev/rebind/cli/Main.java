package dev.rebind.cli;

import dev.rebind.cli.log.JsonLogProvider;
import dev.rebind.sockets.posix.DescriptorLimit;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The command-line program. Its own errors end with {@link ExitCode#BROKEN} and never with 1, because 1 means that an experiment failed.
 */
public final class Main {
    private static final String NOT_LOADED =
            "a part of Rebind could not be loaded. Where the limit of open files (ulimit -n) is below 256, that is why"
                    + " (EMFILE): raise it; else build Rebind again.";

    private Main() {}

    public static void main(String[] arguments) {
        // The format is set before anything logs, and for every command, because log collectors need one format.
        if ("json".equals(System.getenv("REBIND_LOG_FORMAT"))) {
            JsonLogProvider.use();
        }
        int code;
        try {
            var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
            String[] present = DeprecatedOptions.replaced(arguments, err);
            code = commandLineFor(present).execute(present);
        } catch (Throwable e) {
            // Errors that are no Exception come here, for example a class that cannot be loaded or no memory; picocli
            // handles exceptions.
            code = lost(e);
        }
        System.exit(code);
    }

    /** Returns the command line with all commands. */
    static CommandLine commandLine() {
        return set(new CommandLine(new RebindCommand()));
    }

    /**
     * Returns the command line for these arguments. If the first argument names a command, only this command is loaded, because reading the
     * options of all of them takes half of a short command's time.
     */
    static CommandLine commandLineFor(String... arguments) {
        Command rebind = RebindCommand.class.getAnnotation(Command.class);
        for (Class<?> command : rebind.subcommands()) {
            if (arguments.length > 0
                    // Picocli's own commands, help and generate-completion, need the other commands.
                    && command.getPackageName().startsWith("dev.rebind")
                    && command.getAnnotation(Command.class).name().equals(arguments[0])) {
                return set(new CommandLine(CommandSpec.create().name(rebind.name())).addSubcommand(command));
            }
        }
        return commandLine();
    }

    /** Uses method references. An object of a library class would load the class before {@link #main} can report that it is missing. */
    private static CommandLine set(CommandLine line) {
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Integer.class, WholeNumber::of)
                .registerConverter(int.class, WholeNumber::of)
                .setParameterExceptionHandler((failure, _) -> UsageErrors.say(failure))
                .setExecutionExceptionHandler((exception, failed, _) -> broken(exception, failed.getErr()));
    }

    /** Reports an error. Classes that explain the error may be missing too, so this may fail in turn. */
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
            // Java silently skips a jar that it cannot open, so its classes are missing.
            return limit.map(text -> text + ".").orElse(NOT_LOADED);
        }
        return "this is an error in Rebind itself; please report it with the lines above.";
    }
}
