package dev.rebind.client.connection;

import dev.rebind.child.protocol.ProtocolLines;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts what the server says into lines. The line that {@code stream} repeats without end is counted and not made a String: a
 * client reads millions of them a second. For one connection; not for several threads.
 */
final class AnswerReader {
    private static final byte[] STREAM = (ProtocolLines.SERVER + "\n").getBytes(StandardCharsets.UTF_8);

    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
    private long lines;
    private String last = "";

    /**
     * Reads on.
     *
     * @param others called for each line but those of {@code stream}
     * @return how many lines of {@code stream} were complete
     */
    long read(byte[] bytes, Consumer<String> others) {
        long streamed = 0;
        int at = 0;
        while (at < bytes.length) {
            int end = at + STREAM.length;
            if (rest.size() == 0 && end <= bytes.length && Arrays.equals(bytes, at, end, STREAM, 0, STREAM.length)) {
                streamed++;
                lines++;
                last = ProtocolLines.SERVER;
                at = end;
                continue;
            }
            int feed = at;
            while (feed < bytes.length && bytes[feed] != '\n') {
                feed++;
            }
            rest.write(bytes, at, feed - at);
            at = feed + 1;
            if (feed < bytes.length) {
                String line = rest.toString(StandardCharsets.UTF_8);
                rest.reset();
                lines++;
                last = line;
                if (line.equals(ProtocolLines.SERVER)) {
                    streamed++;
                } else {
                    others.accept(line);
                }
            } else if (rest.size() > ProtocolLines.LONGEST_LINE) {
                // No server of ours. Its bytes are counted elsewhere; kept they are not.
                rest.reset();
            }
        }
        return streamed;
    }

    /** How many lines there were. */
    long lines() {
        return lines;
    }

    /** The last complete line; empty before the first. */
    String last() {
        return last;
    }
}
