package dev.rebind.agent.command;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a command has written so far, in a file that its processes hold open. */
final class Output {
    /** More than the last words of any program; what is longer is read from its end. */
    private static final int MOST = 1 << 16;

    private final Path file;

    Output(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /** In bytes; 0 where there is no file yet. */
    long length() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The end of what came after so many bytes, at most 64 KiB; empty where it cannot be read. */
    String lastSince(long offset) {
        return new String(from(Math.max(offset, length() - MOST), MOST), StandardCharsets.UTF_8);
    }

    /** What came after so many bytes, at most so many of it; empty where it cannot be read. */
    byte[] from(long offset, int most) {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            var bytes = new byte[Math.clamp(in.length() - offset, 0, most)];
            in.seek(offset);
            in.readFully(bytes);
            return bytes;
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
