package dev.rebind.sockets.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Starts a process that is given one of our file descriptors as its standard input and output, as inetd does; {@link
 * ProcessBuilder} has no way to say that. The child gets no other descriptor but standard error.
 */
public final class Spawn {
    /** posix_spawn_file_actions_t has 80 bytes in glibc and in musl; room is left. */
    private static final int FILE_ACTIONS = 256;

    private static final MethodHandle POSIX_SPAWN =
            Libc.plain("posix_spawn", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle ACTIONS_INIT = Libc.plain("posix_spawn_file_actions_init", JAVA_INT, ADDRESS);
    private static final MethodHandle ACTIONS_DESTROY =
            Libc.plain("posix_spawn_file_actions_destroy", JAVA_INT, ADDRESS);
    private static final MethodHandle ADD_DUP2 =
            Libc.plain("posix_spawn_file_actions_adddup2", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle ADD_CLOSE =
            Libc.plain("posix_spawn_file_actions_addclose", JAVA_INT, ADDRESS, JAVA_INT);
    private static final Optional<MethodHandle> ADD_CLOSE_FROM =
            Libc.ifThere("posix_spawn_file_actions_addclosefrom_np", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle WAITPID = Libc.plain("waitpid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);

    private Spawn() {}

    /**
     * A process that was started.
     *
     * @param exit its exit code, or 128 and the number of the signal that ended it
     */
    public record Child(long pid, CompletableFuture<Integer> exit) {}

    /**
     * Starts {@code command} with {@code fd} as its descriptors 0 and 1. The caller still holds {@code fd}.
     *
     * @param command the path of the program, then its arguments
     */
    public static Child withSocket(int fd, List<String> command, Map<String, String> environment)
            throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(FILE_ACTIONS, 8);
            MemorySegment pid = arena.allocate(JAVA_INT);
            MemorySegment path = arena.allocateFrom(command.getFirst());
            MemorySegment arguments = strings(arena, command);
            MemorySegment variables = strings(
                    arena,
                    environment.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .toList());
            check("posix_spawn_file_actions_init", (int) ACTIONS_INIT.invokeExact(actions));
            try {
                check("posix_spawn_file_actions_adddup2", (int) ADD_DUP2.invokeExact(actions, fd, 0));
                check("posix_spawn_file_actions_adddup2", (int) ADD_DUP2.invokeExact(actions, fd, 1));
                closeOthers(actions);
                check("posix_spawn", (int)
                        POSIX_SPAWN.invokeExact(pid, path, actions, MemorySegment.NULL, arguments, variables));
            } finally {
                int ignored = (int) ACTIONS_DESTROY.invokeExact(actions);
                assert ignored == 0;
            }
            int started = pid.get(JAVA_INT, 0);
            return new Child(started, reap(started));
        } catch (PosixException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    /** A platform thread each: waitpid blocks, and would hold the carrier of a virtual one. */
    private static CompletableFuture<Integer> reap(int pid) {
        var exit = new CompletableFuture<Integer>();
        Thread.ofPlatform().daemon().name("waitpid-" + pid).start(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment status = arena.allocate(JAVA_INT);
                int waited;
                do {
                    waited = (int) WAITPID.invokeExact(pid, status, 0);
                } while (waited == -1 && java.nio.file.Files.exists(java.nio.file.Path.of("/proc/" + pid)));
                int value = status.get(JAVA_INT, 0);
                int signal = value & 0x7f;
                exit.complete(signal == 0 ? (value >> 8) & 0xff : 128 + signal);
            } catch (Throwable e) {
                exit.completeExceptionally(e);
            }
        });
        return exit;
    }

    /**
     * Everything above standard error: the JVM opens most of its descriptors without O_CLOEXEC, its listeners among them,
     * and a child that inherited one would hold a port for good. Done in the child where the C library can (glibc 2.34);
     * else those that are open now, of which closing one that is gone by then is no error in glibc and musl.
     */
    private static void closeOthers(MemorySegment actions) throws Throwable {
        if (ADD_CLOSE_FROM.isPresent()) {
            check("posix_spawn_file_actions_addclosefrom_np", (int)
                    ADD_CLOSE_FROM.get().invokeExact(actions, 3));
            return;
        }
        String[] names = new File("/proc/self/fd").list();
        if (names == null) {
            throw new IllegalStateException("/proc/self/fd cannot be read: the child would inherit every descriptor");
        }
        for (String name : names) {
            int descriptor = Integer.parseInt(name);
            if (descriptor > 2) {
                check("posix_spawn_file_actions_addclose", (int) ADD_CLOSE.invokeExact(actions, descriptor));
            }
        }
    }

    private static MemorySegment strings(Arena arena, List<String> texts) {
        MemorySegment array = arena.allocate(MemoryLayout.sequenceLayout(texts.size() + 1L, ADDRESS));
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
        }
        array.setAtIndex(ValueLayout.ADDRESS, texts.size(), MemorySegment.NULL);
        return array;
    }

    private static void check(String call, int errno) throws PosixException {
        if (errno != 0) {
            throw new PosixException(call, errno);
        }
    }
}
