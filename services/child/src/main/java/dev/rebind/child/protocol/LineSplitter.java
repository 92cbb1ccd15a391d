package dev.rebind.child.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cuts what arrives into lines, however it was cut on the way. For one connection; not for several threads. */
public final class LineSplitter {
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();

    /** What some bytes brought. */
    public sealed interface Cut {
        /** The lines that they completed, without line feed and a carriage return before it; none when they completed none. */
        record Lines(List<String> lines) implements Cut {}

        /** More than {@link ProtocolLines#LONGEST_LINE} bytes came without a line feed. */
        record TooLong() implements Cut {}
    }

    public Cut add(byte[] bytes) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == '\n') {
                rest.write(bytes, start, at - start);
                lines.add(rest.toString(StandardCharsets.UTF_8).replaceFirst("\r$", ""));
                rest.reset();
                start = at + 1;
            }
        }
        rest.write(bytes, start, bytes.length - start);
        return rest.size() > ProtocolLines.LONGEST_LINE ? new Cut.TooLong() : new Cut.Lines(lines);
    }
}
