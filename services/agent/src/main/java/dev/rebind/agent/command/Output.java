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

    /** What came after so many bytes, at most the last 64 KiB of it; empty where it cannot be read. */
    String since(long offset) {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            long end = in.length();
            long from = Math.max(offset, end - MOST);
            if (from >= end) {
                return "";
            }
            var bytes = new byte[(int) (end - from)];
            in.seek(from);
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
