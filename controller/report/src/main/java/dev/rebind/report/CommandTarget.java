package dev.rebind.report;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.server.Command;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A server that the experiment starts by a command, and the address and port on which it must listen.
 *
 * @param argv the program and its arguments
 */
public record CommandTarget(List<String> argv, String address, int port) {
    private static final String LOOPBACK = "127.0.0.1";

    public CommandTarget {
        argv = List.copyOf(argv);
        Objects.requireNonNull(address, "address");
    }

    /** Returns the target of an experiment, or null where the experiment starts no command. */
    public static @Nullable CommandTarget of(ExperimentSpec spec) {
        Command command = spec.target() == null ? null : spec.target().command();
        return command == null
                ? null
                : new CommandTarget(
                        command.argv(), command.address() == null ? LOOPBACK : command.address(), command.port());
    }

    /** The command on one line, for people to read and not for a shell to run. Cuts it after {@code longest} characters. */
    public String command(int longest) {
        String text = String.join(" ", argv).replaceAll("\\s+", " ").strip();
        return text.length() <= longest
                ? text
                : text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, longest))) + "…";
    }

    /** Says where the server listens, for example {@code port 8080}. The address is named only where it is not 127.0.0.1. */
    public String place() {
        return "port " + port + (address.equals(LOOPBACK) ? "" : " of " + address);
    }
}
