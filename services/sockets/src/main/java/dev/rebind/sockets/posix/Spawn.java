package dev.rebind.sockets.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

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
 * Starts processes in ways that {@link ProcessBuilder} has no words for: with one of our file descriptors as standard input and
 * output, as inetd does, or in a session of its own. The child gets no other descriptor than its standard ones.
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
    private static final MethodHandle ADD_OPEN =
            Libc.plain("posix_spawn_file_actions_addopen", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    /** glibc 2.29, musl 1.1.24. */
    private static final Optional<MethodHandle> ADD_CHDIR =
            Libc.ifThere("posix_spawn_file_actions_addchdir_np", JAVA_INT, ADDRESS, ADDRESS);

    private static final MethodHandle POSIX_SPAWNP =
            Libc.plain("posix_spawnp", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle ATTR_INIT = Libc.plain("posix_spawnattr_init", JAVA_INT, ADDRESS);
    private static final MethodHandle ATTR_DESTROY = Libc.plain("posix_spawnattr_destroy", JAVA_INT, ADDRESS);
    private static final MethodHandle SET_FLAGS = Libc.plain("posix_spawnattr_setflags", JAVA_INT, ADDRESS, JAVA_SHORT);
    private static final MethodHandle SET_MASK = Libc.plain("posix_spawnattr_setsigmask", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SET_DEFAULT =
            Libc.plain("posix_spawnattr_setsigdefault", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle FILL_SET = Libc.plain("sigfillset", JAVA_INT, ADDRESS);
    private static final MethodHandle EMPTY_SET = Libc.plain("sigemptyset", JAVA_INT, ADDRESS);

    /** POSIX_SPAWN_SETSIGDEF, POSIX_SPAWN_SETSIGMASK and POSIX_SPAWN_SETSID of {@code <spawn.h>}, in glibc and in musl. */
    private static final short SESSION_FLAGS = 0x04 | 0x08 | 0x80;

    /** posix_spawnattr_t has 336 bytes in glibc and in musl, sigset_t 128; room is left. */
    private static final int ATTRIBUTES = 512;

    private static final int SIGNALS = 128;
    private static final int O_RDONLY = 0;
    /** O_WRONLY, O_CREAT and O_APPEND of {@code asm-generic/fcntl.h}. */
    private static final int APPEND = 0x1 | 0x40 | 0x400;

    private static final int OWNER_WRITES = 0x1a4;

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
        return ProcessStarts.during(() -> start(fd, command, environment));
    }

    private static Child start(int fd, List<String> command, Map<String, String> environment) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(FILE_ACTIONS, 8);
            MemorySegment pid = arena.allocate(JAVA_INT);
            MemorySegment path = arena.allocateFrom(command.getFirst());
            MemorySegment arguments = strings(arena, command);
            MemorySegment variables = variables(arena, environment);
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

    /**
     * Starts a command as a service manager does: in a session and process group of its own without a terminal, every signal
     * unblocked and with its default action, standard input empty, standard output and error at the end of a file. The caller
     * waits for its end ({@link Subreaper#awaitChild}).
     *
     * @param command the program, looked for along PATH where it has no slash, then its arguments
     * @param directory where it runs
     * @param output an absolute path; the file is made where it is missing
     * @return its pid, which is that of its session and group too
     * @throws PosixException ENOENT where there is no such program or directory, EACCES where it may not be run, and so on
     */
    public static long inSession(
            List<String> command, Map<String, String> environment, Optional<String> directory, String output)
            throws PosixException {
        if (directory.isPresent() && ADD_CHDIR.isEmpty()) {
            throw new PosixException("posix_spawn_file_actions_addchdir_np", Errno.EOPNOTSUPP.number());
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(FILE_ACTIONS, 8);
            MemorySegment attributes = arena.allocate(ATTRIBUTES, 8);
            MemorySegment signals = arena.allocate(SIGNALS, 8);
            MemorySegment none = arena.allocate(SIGNALS, 8);
            MemorySegment pid = arena.allocate(JAVA_INT);
            check("posix_spawn_file_actions_init", (int) ACTIONS_INIT.invokeExact(actions));
            check("posix_spawnattr_init", (int) ATTR_INIT.invokeExact(attributes));
            try {
                check("sigfillset", (int) FILL_SET.invokeExact(signals));
                check("sigemptyset", (int) EMPTY_SET.invokeExact(none));
                check("posix_spawnattr_setflags", (int) SET_FLAGS.invokeExact(attributes, SESSION_FLAGS));
                check("posix_spawnattr_setsigdefault", (int) SET_DEFAULT.invokeExact(attributes, signals));
                check("posix_spawnattr_setsigmask", (int) SET_MASK.invokeExact(attributes, none));
                if (directory.isPresent()) {
                    check("posix_spawn_file_actions_addchdir_np", (int)
                            ADD_CHDIR.get().invokeExact(actions, arena.allocateFrom(directory.get())));
                }
                check("posix_spawn_file_actions_addopen", (int)
                        ADD_OPEN.invokeExact(actions, 0, arena.allocateFrom("/dev/null"), O_RDONLY, 0));
                check("posix_spawn_file_actions_addopen", (int)
                        ADD_OPEN.invokeExact(actions, 1, arena.allocateFrom(output), APPEND, OWNER_WRITES));
                check("posix_spawn_file_actions_adddup2", (int) ADD_DUP2.invokeExact(actions, 1, 2));
                closeOthers(actions);
                MemorySegment program = arena.allocateFrom(command.getFirst());
                MemorySegment arguments = strings(arena, command);
                MemorySegment variables = variables(arena, environment);
                check("posix_spawn", (int)
                        POSIX_SPAWNP.invokeExact(pid, program, actions, attributes, arguments, variables));
            } finally {
                int ignored = (int) ACTIONS_DESTROY.invokeExact(actions) + (int) ATTR_DESTROY.invokeExact(attributes);
                assert ignored == 0;
            }
            return pid.get(JAVA_INT, 0);
        } catch (PosixException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    private static MemorySegment variables(Arena arena, Map<String, String> environment) {
        return strings(
                arena,
                environment.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList());
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
                exit.complete(Subreaper.exitCode(status.get(JAVA_INT, 0)));
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
