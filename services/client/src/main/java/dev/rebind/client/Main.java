package dev.rebind.client;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** The client as a program of its own, for a child JVM that starts fast. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        var command = new CommandLine(new ClientCommand());
        // Standard output is for events only.
        command.setOut(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        System.exit(command.execute(arguments));
    }
}
