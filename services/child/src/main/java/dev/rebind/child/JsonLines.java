package dev.rebind.child;

import io.vertx.core.json.JsonObject;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes events to standard output, one JSON object a line, each in one write. Safe for several threads. */
public final class JsonLines {
    private final OutputStream out;

    public JsonLines(OutputStream out) {
        this.out = out;
    }

    /** Standard output past {@link System#out}: no buffer, and an error is seen. */
    public static JsonLines toStandardOutput() {
        return new JsonLines(new FileOutputStream(FileDescriptor.out));
    }

    /**
     * Writes one event.
     *
     * @return false when nobody reads any more (the pipe is broken, the disk is full); the event is lost then
     */
    public synchronized boolean write(JsonObject event) {
        try {
            out.write((event.encode() + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            return true;
        } catch (IOException lost) {
            return false;
        }
    }
}
