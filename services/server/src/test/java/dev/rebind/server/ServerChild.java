package dev.rebind.server;

import dev.rebind.server.protocol.ServerEvent;
import dev.rebind.server.protocol.ServerEventLine;
import dev.rebind.server.protocol.ServerEventLine.Parsed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The server as a child JVM, read and told through its pipes. */
final class ServerChild implements AutoCloseable {
    private final Process process;
    private final BufferedReader events;

    ServerChild(String... arguments) throws IOException {
        this(List.of(), arguments);
    }

    /** @param prefix a command that runs the JVM, such as setpriv */
    ServerChild(List<String> prefix, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.rebind.server.Main"));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        events = process.inputReader(StandardCharsets.UTF_8);
    }

    /** The next line of its standard output, as an event. */
    ServerEvent next() throws IOException {
        String line = events.readLine();
        if (line == null) {
            throw new AssertionError("the server ended without a further event");
        }
        return switch (ServerEventLine.parse(line)) {
            case Parsed.Event parsed -> parsed.event();
            case Parsed.Garbage garbage -> throw new AssertionError(garbage.toString());
        };
    }

    /** Whether its standard output ends here. */
    boolean end() throws IOException {
        return events.readLine() == null;
    }

    void tell(String order) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((order + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /** What the parent's death looks like to it. */
    void abandon() throws IOException {
        process.getOutputStream().close();
    }

    Process process() {
        return process;
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the server has not ended after 30 s");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
