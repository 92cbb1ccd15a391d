package dev.rebind.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands and options with deprecated names. An old name works until the version that removes it, and a warning tells the new name
 * (docs/releasing.md).
 */
final class DeprecatedOptions {
    /**
     * A command or an option that got a new name.
     *
     * @param command present name of the option's command; empty where the command itself was renamed
     * @param goneIn the version that no longer accepts the old name
     */
    record Renamed(String command, String old, String now, String goneIn) {}

    private static final List<Renamed> RENAMED = List.of();

    private DeprecatedOptions() {}

    static String[] replaced(String[] arguments, PrintWriter err) {
        return replaced(arguments, RENAMED, err);
    }

    /** Replaces old names in the arguments. Arguments after {@code --} belong to another program and stay as they are. */
    static String[] replaced(String[] arguments, List<Renamed> all, PrintWriter err) {
        if (all.isEmpty() || arguments.length == 0) {
            return arguments;
        }
        var present = new ArrayList<String>();
        present.add(replaced("", arguments[0], all, err));
        boolean own = true;
        for (String argument : List.of(arguments).subList(1, arguments.length)) {
            own = own && !argument.equals("--");
            present.add(own ? replaced(present.getFirst(), argument, all, err) : argument);
        }
        return present.toArray(String[]::new);
    }

    private static String replaced(String command, String argument, List<Renamed> all, PrintWriter err) {
        for (Renamed renamed : all) {
            boolean withValue = renamed.old().startsWith("--") && argument.startsWith(renamed.old() + "=");
            if (renamed.command().equals(command) && (withValue || argument.equals(renamed.old()))) {
                err.println("rebind: warning: " + renamed.old() + " is deprecated, and gone in Rebind "
                        + renamed.goneIn() + "; write " + renamed.now() + " instead");
                return renamed.now() + argument.substring(renamed.old().length());
            }
        }
        return argument;
    }
}
