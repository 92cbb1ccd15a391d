package dev.rebind.diagnosis.look;

import dev.rebind.sockets.posix.Libc;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/**
 * Does something in another network namespace: setns(2) on a thread of its own, which ends with it. Which
 * rights that needs is in {@link NamespaceRefusal}; to stay in one's own needs none.
 */
public final class NetNamespaces {
    private static final int O_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;

    private NetNamespaces() {}

    public sealed interface Answer<T> {
        record Done<T>(T value) implements Answer<T> {}

        /** @param why a clause without a full stop, with the errno's name */
        record Failed<T>(String why) implements Answer<T> {}
    }

    /** That of a process, as seen in this PID namespace. */
    public static Path ofProcess(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        Path own = process.resolve("ns").resolve("net");
        if (Files.exists(own)) {
            return own;
        }
        // Where the main thread has ended, another one has it.
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            return threads.map(thread -> thread.resolve("ns").resolve("net"))
                    .filter(namespace -> Files.exists(namespace))
                    .findFirst()
                    .orElse(own);
        } catch (IOException | UncheckedIOException e) {
            return own;
        }
    }

    /** That which {@code ip netns add NAME} has made. */
    public static Path named(String name) {
        return Stream.of("/run/netns", "/var/run/netns")
                .map(folder -> Path.of(folder).resolve(name))
                .filter(Files::exists)
                .findFirst()
                .orElse(Path.of("/run/netns").resolve(name));
    }

    /** Waits for the end of the task. What the task throws comes as an {@link IllegalStateException}. */
    public static <T> Answer<T> in(Path namespace, Callable<T> task) throws InterruptedException {
        var inside = new FutureTask<Answer<T>>(() -> {
            String failure = enter(namespace);
            return failure.isEmpty() ? new Answer.Done<>(task.call()) : new Answer.Failed<>(failure);
        });
        Thread thread = Thread.ofPlatform().name("in " + namespace).start(inside);
        try {
            return inside.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the look in " + namespace + " broke off", e.getCause());
        } finally {
            thread.interrupt();
        }
    }

    private static String enter(Path namespace) {
        if (isOwn(namespace)) {
            return "";
        }
        try (Arena arena = Arena.ofConfined()) {
            int file = Calls.open(arena, namespace.toString());
            if (file < 0) {
                return refusal(namespace).opening(-file);
            }
            int done = Calls.setns(arena, file);
            Libc.callOnce(arena, state -> (int) Libc.CLOSE.invokeExact(state, file));
            return done < 0 ? refusal(namespace).entering(-done) : "";
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return "system calls are not to be had in this JVM: " + e;
        }
    }

    private static NamespaceRefusal refusal(Path namespace) {
        var rights = new Rights();
        return new NamespaceRefusal(
                namespace,
                Rights.uid(),
                rights.has(Rights.Right.CAP_SYS_PTRACE),
                rights.has(Rights.Right.CAP_SYS_ADMIN));
    }

    /** Whether this thread is in it: to stay there needs no right. */
    private static boolean isOwn(Path namespace) {
        try {
            return Files.isSameFile(namespace, Path.of("/proc/thread-self/ns/net"));
        } catch (IOException e) {
            return false;
        }
    }

    /** Apart, so that a system without setns fails where it is asked for. */
    private static final class Calls {
        private static final VarHandle ERRNO =
                Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
        /** {@code int open(const char *path, int flags, ...)}. */
        private static final MethodHandle OPEN = handle(
                "open",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        /** {@code int setns(int fd, int nstype)}. */
        private static final MethodHandle SETNS = handle(
                "setns", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

        static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            var all = Stream.concat(Stream.of(options), Stream.of(Linker.Option.captureCallState("errno")))
                    .toArray(Linker.Option[]::new);
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, all);
        }

        /** The descriptor, or the negated errno. */
        static int open(Arena arena, String path) {
            var state = arena.allocate(Linker.Option.captureStateLayout());
            var name = arena.allocateFrom(path);
            try {
                int result = (int) OPEN.invokeExact(state, name, O_CLOEXEC);
                return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
            } catch (Throwable e) {
                throw new AssertionError("a downcall threw", e);
            }
        }

        static int setns(Arena arena, int file) {
            var state = arena.allocate(Linker.Option.captureStateLayout());
            try {
                int result = (int) SETNS.invokeExact(state, file, CLONE_NEWNET);
                return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
            } catch (Throwable e) {
                throw new AssertionError("a downcall threw", e);
            }
        }
    }
}
