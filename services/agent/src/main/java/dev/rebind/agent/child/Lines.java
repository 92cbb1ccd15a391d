package dev.rebind.agent.child;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Splits a stream into lines of a bounded length, so that a child that writes nonsense cannot fill its parent's memory. */
final class Lines {
    private Lines() {}

    /**
     * Reads to the end of the stream. A line that is too long comes in pieces. The last line comes even without a line break.
     *
     * @param longest in bytes, 1 or more
     */
    static void read(InputStream stream, int longest, Consumer<String> onLine) throws IOException {
        var line = new ByteArrayOutputStream();
        byte[] chunk = new byte[8_192];
        for (int got = stream.read(chunk); got >= 0; got = stream.read(chunk)) {
            for (int i = 0; i < got; i++) {
                if (chunk[i] == '\n') {
                    give(line, onLine);
                } else {
                    line.write(chunk[i]);
                    if (line.size() == longest) {
                        give(line, onLine);
                    }
                }
            }
        }
        if (line.size() > 0) {
            give(line, onLine);
        }
    }

    private static void give(ByteArrayOutputStream line, Consumer<String> onLine) {
        onLine.accept(line.toString(StandardCharsets.UTF_8));
        line.reset();
    }
}
