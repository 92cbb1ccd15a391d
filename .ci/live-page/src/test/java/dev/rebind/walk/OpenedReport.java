package dev.rebind.walk;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./rebind report}, as a process. Closing it ends it and waits until it has. */
record OpenedReport(Process process, String address) implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("The report is at (http://\\S+/) until Ctrl-C");

    /**
     * Returns when its page is served.
     *
     * @param root of the repository
     */
    static OpenedReport start(Path root, Path report) throws IOException {
        Path printed = report.resolve("printed.txt");
        Process process = new ProcessBuilder(root.resolve("rebind").toString(), "report", report.toString())
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            Matcher served = await().atMost(Duration.ofMinutes(2))
                    .until(() -> LiveRun.served(process, printed, ADDRESS), Matcher::find);
            return new OpenedReport(process, served.group(1));
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    @Override
    public void close() {
        process.destroy();
        var _ = process.onExit().join();
    }
}
