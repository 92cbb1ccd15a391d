package dev.rebind.sockets.owners;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * One walk over the descriptors of all processes, and where that leaves a socket without a holder, over what it passes by: rings,
 * and threads with descriptors of their own. For one thread.
 */
final class OwnerScan {
    private static final String PREFIX = "socket:[";
    /** The name of a ring's file ({@code io_uring/io_uring.c}). */
    private static final String RING = "anon_inode:[io_uring]";
    /**
     * Descriptors of further threads that are read at most, where the kernel does not tell which threads share theirs: a machine of
     * many threads would take seconds.
     */
    private static final int MOST_OF_THREADS = 100_000;

    /** Processes whose descriptors take about 4 ms, of which starting a thread takes a tenth. */
    private static final int LEAST_OF_PART = 128;

    private static final Path OWN_PROC = Path.of("/proc");

    /** What is looked for: in the second walk only what the first one has not found. */
    private final Set<Long> wanted;

    private final Path proc;
    private final Map<Long, List<SocketOwner>> found = new HashMap<>();
    private final int mostOfThreads;
    private final DescriptorInfos infos;
    private final SharedDescriptors tables = new SharedDescriptors();
    private final List<SocketOwner> rings = new ArrayList<>();
    private final List<Integer> shown = new ArrayList<>();
    private int readOfThreads;
    private int processes;
    private int unreadable;

    OwnerScan(Collection<Long> inodes, Path proc) {
        this(inodes, proc, MOST_OF_THREADS);
    }

    OwnerScan(Collection<Long> inodes, Path proc, int mostOfThreads) {
        this.mostOfThreads = mostOfThreads;
        wanted = new HashSet<>(inodes);
        wanted.remove(0L);
        this.proc = proc;
        this.infos = new DescriptorInfos();
    }

    SocketOwners run() {
        List<Integer> pids;
        try {
            pids = numbers(proc);
        } catch (IOException e) {
            return new SocketOwners.Unreadable("the processes cannot be listed: " + e);
        }
        Map<Long, List<SocketOwner>> owners = lasting(pids);
        // Every PID namespace has a process 1, and it belongs to root: where it is left out, so are others.
        return new SocketOwners.Seen(owners, processes, unreadable, !pids.contains(1));
    }

    /** As {@link #run()}, among these processes alone. Whether there are others is not looked at. */
    SocketOwners run(SortedSet<Integer> pids) {
        Map<Long, List<SocketOwner>> owners = lasting(pids);
        return new SocketOwners.Seen(owners, processes, unreadable, false);
    }

    /** One walk and second looks; a socket that none of its processes kept is looked for once more, as another may have it now. */
    private Map<Long, List<SocketOwner>> lasting(Collection<Integer> pids) {
        Map<Long, List<SocketOwner>> once = walk(pids);
        Map<Long, List<SocketOwner>> lasting = new SecondLooks(proc, once).run();
        var lost = new HashSet<>(once.keySet());
        lost.removeAll(lasting.keySet());
        if (!lost.isEmpty()) {
            lasting.putAll(new OwnerScan(lost, proc, mostOfThreads).walk(pids));
        }
        return lasting;
    }

    /** What is there at one moment: also who has a copy for this moment alone. */
    Map<Long, List<SocketOwner>> walk(Collection<Integer> pids) {
        shown(pids);
        lookFurther();
        found.replaceAll((_, owners) -> List.copyOf(owners));
        return Map.copyOf(found);
    }

    /** The same without rings and threads with descriptors of their own, which take a look at every thread. In the order of the pids. */
    Map<Long, List<SocketOwner>> shown(Collection<Integer> pids) {
        Parts.of(List.copyOf(pids), LEAST_OF_PART, this::looked).forEach(this::take);
        return found;
    }

    /** A look at some of the processes, for a thread of its own. */
    private OwnerScan looked(List<Integer> pids) {
        var part = new OwnerScan(wanted, proc, mostOfThreads);
        pids.forEach(part::look);
        return part;
    }

    private void take(OwnerScan part) {
        part.found.forEach((inode, owners) ->
                found.computeIfAbsent(inode, _ -> new ArrayList<>()).addAll(owners));
        rings.addAll(part.rings);
        shown.addAll(part.shown);
        readOfThreads += part.readOfThreads;
        processes += part.processes;
        unreadable += part.unreadable;
    }

    /** What came of looking at the descriptors of a process or thread. */
    private enum Sight {
        DESCRIPTORS,
        /** No descriptor: a kernel thread, a process that has none, or one whose main thread has ended. */
        EMPTY,
        DENIED,
        ENDED
    }

    private void look(int pid) {
        Path process = proc.resolve(Integer.toString(pid));
        Sight sight = descriptors(process, pid, OptionalInt.empty());
        if (sight == Sight.DESCRIPTORS) {
            shown.add(pid);
        }
        if (sight == Sight.EMPTY || sight == Sight.DENIED) {
            // A main thread that has ended has no descriptors, and its folder belongs to root, whoever ran it
            // (fs/proc/base.c, task_dump_owner): only root sees it empty.
            sight = throughThreads(process, pid, sight);
        }
        switch (sight) {
            case DESCRIPTORS, EMPTY -> processes++;
            case DENIED -> unreadable++;
            case ENDED -> {
                // It holds nothing any more.
            }
        }
    }

    /** For the sockets that no process was seen to hold. */
    private void lookFurther() {
        wanted.removeAll(found.keySet());
        if (!wanted.isEmpty()) {
            List.copyOf(rings).forEach(this::throughRing);
            wanted.removeAll(found.keySet());
        }
        for (int pid : shown) {
            if (wanted.isEmpty()) {
                return;
            }
            throughOwnDescriptors(pid);
        }
    }

    /**
     * The sockets that are registered with a ring, one a line under "UserFiles:", as {@code "    0: socket:[197693]"}
     * ({@code io_uring/fdinfo.c}).
     */
    private void throughRing(SocketOwner ring) {
        Path info = ring.folder(proc).resolve("fdinfo").resolve(Integer.toString(ring.fd()));
        try (Stream<String> lines = Files.lines(info, StandardCharsets.ISO_8859_1)) {
            lines.map(String::strip)
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .forEach(target -> inode(target).ifPresent(inode -> note(inode, ring)));
        } catch (IOException | UncheckedIOException e) {
            // It was closed meanwhile, or may not be read.
            return;
        }
    }

    /**
     * A thread that was made without CLONE_FILES, or has called unshare(2), has descriptors that its process does not show. The first
     * thread that has the socket stands for all that share its descriptors. A process whose threads are too many to be read counts as
     * one that was not seen.
     */
    private void throughOwnDescriptors(int pid) {
        Path tasks = proc.resolve(Integer.toString(pid)).resolve("task");
        try {
            for (int thread : numbers(tasks)) {
                if (thread == pid || (proc.equals(OWN_PROC) && tables.shared(pid, thread))) {
                    continue;
                }
                if (readOfThreads >= mostOfThreads) {
                    processes--;
                    unreadable++;
                    return;
                }
                descriptors(tasks.resolve(Integer.toString(thread)), pid, OptionalInt.of(thread));
                wanted.removeAll(found.keySet());
            }
        } catch (IOException e) {
            // It has ended meanwhile.
            return;
        }
    }

    /**
     * The threads of a process share their descriptors, so one that goes on is enough.
     *
     * @param alone what was seen of the main thread, which stays true where there is no other
     */
    private Sight throughThreads(Path process, int pid, Sight alone) {
        Path tasks = process.resolve("task");
        List<Integer> threads;
        try {
            threads = numbers(tasks);
        } catch (IOException e) {
            return failed(process);
        }
        for (int thread : threads) {
            if (thread != pid) {
                Sight sight = descriptors(tasks.resolve(Integer.toString(thread)), pid, OptionalInt.of(thread));
                if (sight == Sight.DESCRIPTORS || sight == Sight.DENIED) {
                    return sight;
                }
            }
        }
        return alone;
    }

    private Sight descriptors(Path task, int pid, OptionalInt viaThread) {
        boolean any = false;
        boolean denied = false;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(task.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                any = true;
                if (viaThread.isPresent()) {
                    readOfThreads++;
                }
                try {
                    note(descriptor, pid, viaThread);
                } catch (AccessDeniedException e) {
                    // Root without CAP_SYS_PTRACE may list the descriptors and not read their links.
                    denied = true;
                    break;
                } catch (NoSuchFileException | NotLinkException e) {
                    // It was closed meanwhile, or is none of the kernel's.
                }
            }
        } catch (DirectoryIteratorException | IOException e) {
            denied = failed(task) == Sight.DENIED;
            if (!denied) {
                return Sight.ENDED;
            }
        }
        return denied ? throughInfos(task, pid, viaThread) : any ? Sight.DESCRIPTORS : Sight.EMPTY;
    }

    private Sight throughInfos(Path task, int pid, OptionalInt viaThread) {
        return switch (infos.of(task)) {
            case DescriptorInfos.Answer.Denied _ -> Sight.DENIED;
            case DescriptorInfos.Answer.Sockets(Map<Integer, Long> inodes, boolean any) -> {
                inodes.forEach((fd, inode) -> note(inode, new SocketOwner(pid, fd, viaThread)));
                yield any ? Sight.DESCRIPTORS : Sight.EMPTY;
            }
        };
    }

    /** Whatever failed, for want of rights or of descriptors of our own: a process that is still there was not seen. */
    private static Sight failed(Path task) {
        return Files.exists(task) ? Sight.DENIED : Sight.ENDED;
    }

    private void note(Path descriptor, int pid, OptionalInt viaThread) throws IOException {
        String target = Files.readSymbolicLink(descriptor).toString();
        if (target.equals(RING)) {
            rings.add(new SocketOwner(pid, number(descriptor), viaThread, true));
            return;
        }
        OptionalLong inode = inode(target);
        if (inode.isPresent()) {
            note(inode.getAsLong(), new SocketOwner(pid, number(descriptor), viaThread));
        }
    }

    private static int number(Path descriptor) {
        return Integer.parseInt(descriptor.getFileName().toString());
    }

    /** @param target that of the link of the owner's descriptor */
    static boolean standsFor(String target, SocketOwner owner, long inode) {
        return owner.inRing() ? target.equals(RING) : inode(target).equals(OptionalLong.of(inode));
    }

    /** Empty for what is no socket. */
    private static OptionalLong inode(String target) {
        if (!target.startsWith(PREFIX) || !target.endsWith("]")) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(target, PREFIX.length(), target.length() - 1, 10));
        } catch (NumberFormatException e) {
            // No link of the kernel's.
            return OptionalLong.empty();
        }
    }

    private void note(long inode, SocketOwner owner) {
        if (wanted.contains(inode)) {
            found.computeIfAbsent(inode, _ -> new ArrayList<>()).add(owner);
        }
    }

    /** The entries whose names are numbers, in their order. */
    static List<Integer> numbers(Path folder) throws IOException {
        var numbers = new ArrayList<Integer>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.length() < 10 && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
                    numbers.add(Integer.parseInt(name));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        numbers.sort(null);
        return numbers;
    }
}
