package dev.rebind.sockets.owners;

import java.io.IOException;
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
import java.util.Set;
import java.util.SortedSet;

/** One walk over the descriptors of all processes. For one thread. */
final class OwnerScan {
    private static final String PREFIX = "socket:[";

    private final Set<Long> wanted;
    private final Path proc;
    private final Map<Long, List<SocketOwner>> found = new HashMap<>();
    private final DescriptorInfos infos;
    private int processes;
    private int unreadable;

    OwnerScan(Collection<Long> inodes, Path proc) {
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
        for (int pid : pids) {
            look(pid);
        }
        found.replaceAll((_, owners) -> List.copyOf(owners));
        // Every PID namespace has a process 1, and it belongs to root: where it is left out, so are others.
        return new SocketOwners.Seen(found, processes, unreadable, !pids.contains(1));
    }

    /** As {@link #run()}, among these processes alone. Whether there are others is not looked at. */
    SocketOwners run(SortedSet<Integer> pids) {
        pids.forEach(this::look);
        found.replaceAll((_, owners) -> List.copyOf(owners));
        return new SocketOwners.Seen(found, processes, unreadable, false);
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
        if (!target.startsWith(PREFIX) || !target.endsWith("]")) {
            return;
        }
        try {
            long inode = Long.parseLong(target, PREFIX.length(), target.length() - 1, 10);
            note(
                    inode,
                    new SocketOwner(
                            pid, Integer.parseInt(descriptor.getFileName().toString()), viaThread));
        } catch (NumberFormatException e) {
            // No link of the kernel's.
            return;
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
