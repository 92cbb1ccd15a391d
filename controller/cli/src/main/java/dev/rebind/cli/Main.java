package dev.rebind.cli;

import dev.rebind.cli.log.JsonLogProvider;
import picocli.CommandLine;

/** The command-line program. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // Before anything logs. Whatever the command: who collects logs wants those of all of them alike.
        if ("json".equals(System.getenv("REBIND_LOG_FORMAT"))) {
            JsonLogProvider.use();
        }
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new RebindCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((exception, line, _) -> {
                    exception.printStackTrace(line.getErr());
                    line.getErr()
                            .println(
                                    "rebind: this is an error in Rebind itself; please report it with the lines above.");
                    return ExitCode.BROKEN;
                });
    }
}
