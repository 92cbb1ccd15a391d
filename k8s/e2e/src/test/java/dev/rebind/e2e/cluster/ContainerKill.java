package dev.rebind.e2e.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** SIGKILL for the main process of a controller's container, from outside. */
public final class ContainerKill {
    private ContainerKill() {}

    /** Empty, or why that cannot be had. */
    public static Optional<String> kill(Settings settings, Pod pod) {
        String uid = Pods.uid(pod);
        String container = Pods.container(pod).getContainerID().split("//", 2)[1];
        if (!settings.kill().isEmpty()) {
            var environment = Map.of(
                    "POD_UID",
                    uid,
                    "CONTAINER_ID",
                    container,
                    "NODE",
                    pod.getSpec().getNodeName());
            Tool.Ended ended = Tool.shell(settings.kill(), environment, Duration.ofSeconds(60));
            return ended.failed()
                    ? Optional.of("KILL_COMMAND ended with " + ended.code() + ": "
                            + ended.err().strip())
                    : Optional.empty();
        }
        List<String> marks = List.of(uid.replace('-', '_'), uid, container);
        return ProcessHandle.allProcesses()
                        .filter(process -> isController(Path.of("/proc", String.valueOf(process.pid())), marks))
                        .findFirst()
                        .map(ProcessHandle::destroyForcibly)
                        .isPresent()
                ? Optional.empty()
                : Optional.of("the node's processes are not to be seen from here, and there is no KILL_COMMAND");
    }

    /**
     * @param marks of its pod or container, one of which the path of its cgroup has
     */
    private static boolean isController(Path process, List<String> marks) {
        try {
            String cgroup = Files.readString(process.resolve("cgroup"), StandardCharsets.ISO_8859_1);
            String command = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            return Stream.of(command.split("\0", -1)).skip(1).anyMatch("controller"::equals)
                    && marks.stream().anyMatch(cgroup::contains);
        } catch (IOException e) {
            return false;
        }
    }
}
