package dev.rebind.sockets.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The processes of Kubernetes' pods on this node, for whoever sees the node's process ids (hostPID). The kubelet puts each
 * pod's containers into cgroups below one that is named by the pod's uid, with dashes, or with underscores under systemd.
 * {@code /proc/<pid>/cgroup} and {@code /proc/<pid>/net} can be read without any right over the process.
 */
public final class PodProcesses {
    /** What containerd, CRI-O and Docker call a container. */
    private static final Pattern CONTAINER = Pattern.compile("[0-9a-f]{64}");

    /** A uid of the API server's, or the hash by which the kubelet calls a pod of its own folder (a static pod). */
    private static final Pattern POD =
            Pattern.compile("pod([0-9a-f]{8}([-_])[0-9a-f]{4}\\2[0-9a-f]{4}\\2[0-9a-f]{4}\\2[0-9a-f]{12}|[0-9a-f]{32})"
                    + "(?![0-9a-f_-])");

    private final Path proc;

    /** @param proc {@code /proc}, or another mount of it */
    public PodProcesses(Path proc) {
        this.proc = proc;
    }

    /** Its processes, that of the sandbox among them, the lowest id first; empty where the pod has none on this node. */
    public List<Long> of(String podUid) {
        return all(pid -> belongs(pid, podUid));
    }

    public boolean belongs(long pid, String podUid) {
        try {
            return inCgroupOf(Files.readString(cgroup(pid), StandardCharsets.UTF_8), podUid);
        } catch (IOException e) {
            // It has ended.
            return false;
        }
    }

    /** @param cgroup the text of {@code /proc/<pid>/cgroup} */
    static boolean inCgroupOf(String cgroup, String podUid) {
        return behind(cgroup, podUid) >= 0;
    }

    /** The uid of the pod that a process's cgroup is below; empty where it is below none. */
    static Optional<String> podOf(String cgroup) {
        Matcher pod = POD.matcher(cgroup);
        return pod.find() ? Optional.of(pod.group(1).replace('_', '-')) : Optional.empty();
    }

    /**
     * A process, and where it is.
     *
     * @param podUid of its pod, or the hash of a static pod; empty where it is in none
     * @param container the runtime's id of its container in the pod; empty where the cgroup names none
     * @param namespace that of the network
     */
    public record Located(int pid, Optional<String> podUid, Optional<String> container, long namespace) {}

    /** Every process of this node with its pod and its {@link #namespace}, the lowest id first; those that end meanwhile are left out. */
    public List<Located> located() {
        var found = new ArrayList<Located>();
        for (long pid : all(_ -> true)) {
            OptionalLong namespace = namespace(pid);
            if (namespace.isPresent()) {
                try {
                    String text = Files.readString(cgroup(pid), StandardCharsets.UTF_8);
                    Optional<String> pod = podOf(text);
                    found.add(new Located(
                            (int) pid,
                            pod,
                            pod.flatMap(uid -> Optional.ofNullable(containerOf(text, uid))),
                            namespace.getAsLong()));
                } catch (IOException e) {
                    // It has ended.
                }
            }
        }
        return found;
    }

    /** Where what follows the pod's uid begins; -1 where it is not in there. */
    private static int behind(String cgroup, String podUid) {
        for (String name : List.of("pod" + podUid, "pod" + podUid.replace('-', '_'))) {
            int at = cgroup.indexOf(name);
            if (at >= 0) {
                return at + name.length();
            }
        }
        return -1;
    }

    /**
     * The pod's containers that have a process now, that of the sandbox among them, by the ids that the runtime gave them;
     * empty where the pod has no process on this node. Null where a process of the pod is in a cgroup that names no
     * container, so that which ones run cannot be told.
     */
    public @Nullable Set<String> containers(String podUid) {
        var ids = new HashSet<String>();
        for (long pid : of(podUid)) {
            try {
                String text = Files.readString(cgroup(pid), StandardCharsets.UTF_8);
                String id = containerOf(text, podUid);
                if (id != null) {
                    ids.add(id);
                } else if (inCgroupOf(text, podUid)) {
                    return null;
                }
            } catch (IOException e) {
                // It has ended.
            }
        }
        return ids;
    }

    static @Nullable String containerOf(String cgroup, String podUid) {
        int behind = behind(cgroup, podUid);
        if (behind < 0) {
            return null;
        }
        Matcher id = CONTAINER.matcher(cgroup).region(behind, cgroup.length());
        return id.find() ? id.group() : null;
    }

    /**
     * What tells a process's network namespace from others that are there now: the inode of its {@code net/tcp}, which the
     * kernel makes once for each namespace (proc_alloc_inum in fs/proc/generic.c). The number may be given to another
     * namespace once this one is gone.
     */
    public OptionalLong namespace(long pid) {
        try {
            return OptionalLong.of((Long) Files.getAttribute(net(pid).resolve("tcp"), "unix:ino"));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** Every process in that namespace, the lowest id first. */
    public List<Long> in(long namespace) {
        return all(pid -> {
            OptionalLong here = namespace(pid);
            return here.isPresent() && here.getAsLong() == namespace;
        });
    }

    /** The folder with the socket tables of a process's network namespace, for a {@link ProcReader}. */
    public Path net(long pid) {
        return proc.resolve(Long.toString(pid)).resolve("net");
    }

    private Path cgroup(long pid) {
        return proc.resolve(Long.toString(pid)).resolve("cgroup");
    }

    private List<Long> all(LongPredicate wanted) {
        var pids = new ArrayList<Long>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (wanted.test(pid)) {
                    pids.add(pid);
                }
            }
        } catch (IOException | NumberFormatException e) {
            // No /proc, or one that ends: what was found is true all the same.
            return pids;
        }
        pids.sort(null);
        return pids;
    }
}
