package dev.rebind.walk;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./rebind run --ui}, as a process. Closing it ends it and waits until it has. */
final class LiveRun implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("Live page: (http://\\S+/) .* is in (\\S+)\\)");

    private final Process process;
    private final String address;
    private final String fragment;

    private LiveRun(Process process, String address, String fragment) {
        this.process = process;
        this.address = address;
        this.fragment = fragment;
    }

    /**
     * Begins a run and waits until its page is served.
     *
     * @param root of the repository
     * @param port 0 for a free one
     * @param folder for the report and for what the program prints; must not be there yet
     */
    static LiveRun start(Path root, int port, Path folder, Path experiments) throws IOException {
        Files.createDirectories(folder);
        Path printed = folder.resolve("printed.txt");
        var command = new ArrayList<>(List.of(
                root.resolve("rebind").toString(),
                "run",
                "--ui",
                Integer.toString(port),
                "--ui-stay",
                "--report",
                folder.resolve("report").toString(),
                experiments.toString()));
        Process process = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            Matcher served = await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> served(process, printed, ADDRESS), Matcher::find);
            return new LiveRun(
                    process,
                    served.group(1),
                    "#token=" + Files.readString(Path.of(served.group(2))).strip());
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** @param address as it prints where its page is */
    static Matcher served(Process process, Path printed, Pattern address) throws IOException {
        String text = Files.readString(printed);
        if (!process.isAlive()) {
            throw new IllegalStateException("it ended before its page was served:\n" + text);
        }
        return address.matcher(text);
    }

    /** With a slash at its end, and without the token. */
    String address() {
        return address;
    }

    /** As a terminal shows it: the token is in the fragment. */
    String addressWithToken() {
        return address + fragment;
    }

    int port() {
        return Integer.parseInt(address.replaceAll("^.*:(\\d+)/$", "$1"));
    }

    /** Ends it at once, as a crash does. */
    void kill() {
        var _ = process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        process.destroy();
        var _ = process.onExit()
                .completeOnTimeout(process, 20, TimeUnit.SECONDS)
                .join();
        kill();
    }
}
