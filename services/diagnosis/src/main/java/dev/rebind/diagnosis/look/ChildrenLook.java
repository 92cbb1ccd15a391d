package dev.rebind.diagnosis.look;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the cgroups of a process's children. The first question for a process takes a read for each process of the machine. */
final class ChildrenLook {
    private final Map<Integer, Optional<Map<Integer, String>>> known = new HashMap<>();

    /**
     * {@code /proc/PID/cgroup} of the other children; empty where it cannot be told.
     *
     * @param child is left out
     */
    Optional<List<String>> others(int parent, int child) {
        return known.computeIfAbsent(parent, ChildrenLook::cgroups)
                .map(cgroups -> cgroups.entrySet().stream()
                        .filter(entry -> entry.getKey() != child)
                        .map(Map.Entry::getValue)
                        .toList());
    }

    private static Optional<Map<Integer, String>> cgroups(int parent) {
        List<Integer> children = ProcessHandle.of(parent).stream()
                .flatMap(ProcessHandle::children)
                .map(handle -> (int) handle.pid())
                .toList();
        var cgroups = new HashMap<Integer, String>();
        for (int child : children) {
            Path process = Path.of("/proc", Integer.toString(child));
            try {
                cgroups.put(child, new String(Files.readAllBytes(process.resolve("cgroup")), StandardCharsets.UTF_8));
            } catch (IOException e) {
                if (Files.exists(process)) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(cgroups);
    }
}
