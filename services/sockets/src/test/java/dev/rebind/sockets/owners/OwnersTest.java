package dev.rebind.sockets.owners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.Owner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnersTest {
    @TempDir
    Path proc = Path.of("");

    @BeforeEach
    void processes() throws Exception {
        process(20, "server", 7, 8);
        process(30, "handler", 8);
        process(40, "stranger", 9);
    }

    private void process(long pid, String name, long... inodes) throws Exception {
        Path descriptors = Files.createDirectories(proc.resolve(pid + "/fd"));
        Files.writeString(proc.resolve(pid + "/comm"), name + "\n");
        for (long inode : inodes) {
            Files.createSymbolicLink(descriptors.resolve(Long.toString(inode)), Path.of("socket:[" + inode + "]"));
        }
        Files.createSymbolicLink(descriptors.resolve("0"), Path.of("/dev/null"));
    }

    @Test
    @DisplayName("When several processes share a socket, then its owner is the one with the lowest pid")
    void shared() {
        assertThat(new Owners(proc).of(Set.of(0L, 7L, 8L, 9L, 10L)))
                .isEqualTo(Map.of(
                        7L, new Owner(20, "server"), 8L, new Owner(20, "server"), 9L, new Owner(40, "stranger")));
    }

    @Test
    @DisplayName("When some processes are looked at first, then the others are for what those do not hold")
    void near() {
        assertThat(new Owners(proc).of(Set.of(7L, 8L, 9L), Set.of(30L, 20L, 99L)))
                .isEqualTo(Map.of(
                        7L, new Owner(20, "server"), 8L, new Owner(20, "server"), 9L, new Owner(40, "stranger")));
    }

    @Test
    @DisplayName("When the main thread of a process has ended, then the descriptors of its other threads are its own")
    void mainThreadEnded() throws Exception {
        Files.createDirectories(proc.resolve("50/fd"));
        Files.writeString(proc.resolve("50/comm"), "threads\n");
        Files.createDirectories(proc.resolve("50/task/50/fd"));
        Path descriptors = Files.createDirectories(proc.resolve("50/task/51/fd"));
        Files.createSymbolicLink(descriptors.resolve("3"), Path.of("socket:[10]"));

        assertThat(new Owners(proc).among(Set.of(10L), Set.of(50L))).isEqualTo(Map.of(10L, new Owner(50, "threads")));
    }

    @Test
    @DisplayName("When there is no such process or file system, then nothing is found, and nothing fails")
    void nothing() {
        assertThat(new Owners(proc.resolve("none")).of(Set.of(7L), Set.of(1L))).isEmpty();
    }
}
