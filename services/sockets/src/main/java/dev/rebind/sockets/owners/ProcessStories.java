package dev.rebind.sockets.owners;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** Reads {@link ProcessStory} from {@code /proc}. Calls take a dozen reads of small files; safe for several threads. */
public final class ProcessStories {
    private static final String NAMESPACE = "net:[";
    /** Where a thread of a frozen cgroup sleeps ({@code kernel/signal.c}, do_freezer_trap, which may be inlined). */
    private static final Set<String> FROZEN = Set.of("do_freezer_trap", "get_signal");
    /** The same in the hierarchies of version 1 ({@code kernel/freezer.c}), where the thread is in the state D. */
    private static final String REFRIGERATOR = "__refrigerator";

    private final Path proc;
    private final UserNames users;

    public ProcessStories() {
        this(Path.of("/proc"), new UserNames());
    }

    /** @param procRoot {@code /proc}, or another mount of it */
    public ProcessStories(Path procRoot, UserNames users) {
        this.proc = procRoot;
        this.users = users;
    }

    public ProcessAnswer of(int pid) {
        Path process = proc.resolve(Integer.toString(pid));
        try {
            StatLine stat = StatLine.parse(read(process, "stat"));
            StatusFile status = StatusFile.parse(read(process, "status"));
            Instant boot = StatLine.boot(read(proc, "stat"));
            return new ProcessAnswer.Known(new ProcessStory(
                    pid,
                    status.innerPid().orElse(pid),
                    arguments(text(process, "cmdline").orElse("")),
                    link(process, "exe"),
                    stat.comm(),
                    status.effectiveUid(),
                    users.name(status.effectiveUid(), process),
                    boot.plusMillis(stat.startTicks() * StatLine.TICK_MILLIS),
                    stat.parent(),
                    stat.session(),
                    status.innerPid().equals(OptionalInt.of(1)),
                    stat.state(),
                    stat.state() == 'Z' && hasOtherThreads(process),
                    text(process, "cgroup"),
                    text(process, "environ").map(ListenEnvironment::parse).orElse(new ListenEnvironment.Unreadable()),
                    namespace(process),
                    status.caughtSignals(),
                    status.ignoredSignals(),
                    status.permittedCapabilities(),
                    BlockedSignals.sigterm(process, status),
                    isFrozen(process, stat.state())));
        } catch (NoSuchFileException e) {
            return new ProcessAnswer.Gone();
        } catch (IOException | IllegalArgumentException e) {
            // A read of a process that ends meanwhile fails with ESRCH, which Java knows no exception for.
            return Files.exists(process)
                    ? new ProcessAnswer.Unreadable(String.valueOf(e.getMessage()))
                    : new ProcessAnswer.Gone();
        }
    }

    private boolean isFrozen(Path process, char state) {
        return switch (state) {
            case 'S' -> text(process, "wchan").filter(FROZEN::contains).isPresent();
            case 'D' -> text(process, "wchan").filter(REFRIGERATOR::equals).isPresent();
            default -> false;
        };
    }

    /** A zombie that nobody has reaped has only itself; one whose other threads go on is no zombie to the outside. */
    private static boolean hasOtherThreads(Path process) {
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            return threads.limit(2).count() > 1;
        } catch (IOException e) {
            return false;
        }
    }

    static List<String> arguments(String commandLine) {
        return commandLine.isEmpty()
                ? List.of()
                : List.of(
                        (commandLine.endsWith("\0") ? commandLine.substring(0, commandLine.length() - 1) : commandLine)
                                .split("\0", -1));
    }

    private static OptionalLong namespace(Path process) {
        String target = link(process, "ns/net").orElse("");
        try {
            return target.startsWith(NAMESPACE) && target.endsWith("]")
                    ? OptionalLong.of(Long.parseLong(target, NAMESPACE.length(), target.length() - 1, 10))
                    : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static Optional<String> link(Path process, String name) {
        try {
            return Optional.of(Files.readSymbolicLink(process.resolve(name)).toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(Path process, String name) {
        try {
            return Optional.of(read(process, name));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** ISO_8859_1 would keep every byte, and UTF-8 reads names as people wrote them; a wrong byte becomes U+FFFD. */
    private static String read(Path folder, String name) throws IOException {
        return new String(Files.readAllBytes(folder.resolve(name)), StandardCharsets.UTF_8);
    }
}
