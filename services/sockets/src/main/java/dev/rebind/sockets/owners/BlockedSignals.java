package dev.rebind.sockets.owners;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Whether a signal to a process stays pending. The kernel gives it to any thread that does not block it (signal(7)), and a program
 * that blocks it everywhere may read it from a signalfd (signalfd(2)).
 */
final class BlockedSignals {
    private static final long SIGTERM = 1L << (15 - 1);

    private BlockedSignals() {}

    /**
     * False where it cannot be told.
     *
     * @param status that of the main thread, which most programs leave unblocked: the others are not read then
     */
    static boolean sigterm(Path process, StatusFile status) {
        if ((status.blockedSignals() & SIGTERM) == 0) {
            return false;
        }
        try {
            return everyThreadBlocks(process.resolve("task")) && !signalfdTakes(process);
        } catch (IOException | DirectoryIteratorException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean everyThreadBlocks(Path tasks) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                if ((StatusFile.parse(read(thread.resolve("status"))).blockedSignals() & SIGTERM) == 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean signalfdTakes(Path process) throws IOException {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (takes(process, descriptor)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A line {@code sigmask:} has the signals that it takes (fs/signalfd.c, signalfd_show_fdinfo). */
    private static boolean takes(Path process, Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals("anon_inode:[signalfd]")
                    && read(process.resolve("fdinfo").resolve(descriptor.getFileName()))
                            .lines()
                            .filter(line -> line.startsWith("sigmask:"))
                            .anyMatch(line ->
                                    (Long.parseUnsignedLong(line.substring(8).strip(), 16) & SIGTERM) != 0);
        } catch (NoSuchFileException e) {
            // It was closed meanwhile.
            return false;
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
