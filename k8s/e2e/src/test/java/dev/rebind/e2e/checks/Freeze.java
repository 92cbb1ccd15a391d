package dev.rebind.e2e.checks;

import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Tool;
import java.time.Duration;
import java.util.Map;

/** A process that stands still until this is closed. */
record Freeze(String thaw, Map<String, String> environment) implements AutoCloseable {
    static Freeze of(String freeze, String thaw, Map<String, String> environment) {
        var frozen = new Freeze(thaw, environment);
        try {
            frozen.must(freeze);
            return frozen;
        } catch (RuntimeException e) {
            frozen.close();
            throw e;
        }
    }

    @Override
    public void close() {
        must(thaw);
    }

    private void must(String command) {
        Tool.Ended ended = Tool.shell(command, environment, Duration.ofSeconds(60));
        if (ended.failed()) {
            throw new BrokenException("$ " + command + "\n  exit code " + ended.code() + ": "
                    + ended.err().strip());
        }
    }
}
