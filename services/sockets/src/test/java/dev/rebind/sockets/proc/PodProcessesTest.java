package dev.rebind.sockets.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodProcessesTest {
    private static final String POD = "9aaadd2d-c213-4d37-95cc-6f32222b6b8d";

    @TempDir
    Path proc;

    @Test
    @DisplayName("When a cgroup lies below that of a pod, with dashes or as systemd writes it, then it is the pod's")
    void cgroups() {
        assertThat(PodProcesses.inCgroupOf("9:pids:/kubepods/burstable/pod" + POD + "/fb1d63fe\n", POD))
                .isTrue();
        assertThat(PodProcesses.inCgroupOf(
                        "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + POD.replace('-', '_')
                                + ".slice/cri-containerd-fb1d.scope\n",
                        POD))
                .isTrue();
        // As seen from a container with a cgroup namespace of its own.
        assertThat(PodProcesses.inCgroupOf("0::/../../pod" + POD + "/fb1d\n", POD))
                .isTrue();
        assertThat(PodProcesses.inCgroupOf("0::/kubepods/burstable/pod0aaadd2d-c213/fb1d\n", POD))
                .isFalse();
    }

    @Test
    @DisplayName("When a pod has processes, then they are found, the lowest id first, and no others")
    void found() throws IOException {
        process(20, "0::/kubepods/pod" + POD + "/a\n");
        process(3, "0::/kubepods/pod" + POD + "/b\n");
        process(4, "0::/system.slice\n");
        Files.createDirectories(proc.resolve("5"));
        assertThat(new PodProcesses(proc).of(POD)).containsExactly(3L, 20L);
        assertThat(new PodProcesses(proc).of("another")).isEmpty();
    }

    @Test
    @DisplayName("When processes share a network namespace, then they have the same number, on the real /proc")
    void namespaces() {
        var here = new PodProcesses(Path.of("/proc"));
        long self = ProcessHandle.current().pid();
        long namespace = here.namespace(self).orElseThrow();
        assertThat(here.in(namespace)).contains(self);
        assertThat(here.namespace(Long.MAX_VALUE)).isEmpty();
    }

    @Test
    @DisplayName(
            "When a pod has processes, then their containers are named by the runtime's ids; one without an id leaves it untold")
    void containers() throws IOException {
        String sandbox = "0a".repeat(32);
        String web = "1b".repeat(32);
        process(20, "9:pids:/kubepods/burstable/pod" + POD + "/" + sandbox + "\n0::/\n");
        process(
                21,
                "0::/kubepods.slice/kubepods-pod" + POD.replace('-', '_') + ".slice/crio-" + web
                        + ".scope/container\n");
        process(22, "0::/kubepods.slice/kubepods-pod0.slice/cri-containerd-" + "2c".repeat(32) + ".scope\n");
        var processes = new PodProcesses(proc);
        assertThat(processes.containers(POD)).containsExactlyInAnyOrder(sandbox, web);
        assertThat(processes.containers("another")).isEmpty();
        process(23, "0::/kubepods/pod" + POD + "\n");
        assertThat(processes.containers(POD)).isNull();
    }

    @Test
    @DisplayName("When processes are located, then each has its pod's uid, with dashes, or the hash of a static pod")
    void located() throws IOException {
        String hash = "c3".repeat(16);
        process(
                20,
                "0::/kubepods.slice/kubepods-pod" + POD.replace('-', '_') + ".slice/cri-containerd-" + "1b".repeat(32)
                        + ".scope\n");
        process(21, "0::/kubepods/burstable/pod" + hash + "/" + "1b".repeat(32) + "\n");
        process(22, "0::/system.slice/pod-of-nobody.service\n");
        for (int pid : List.of(20, 21, 22)) {
            Files.createSymbolicLink(proc.resolve(Integer.toString(pid)).resolve("net"), Path.of("/proc/self/net"));
        }
        process(23, "0::/kubepods/pod" + POD + "/without-a-network\n");
        var processes = new PodProcesses(proc);
        long here = processes.namespace(20).orElseThrow();
        assertThat(processes.located())
                .containsExactly(
                        new PodProcesses.Located(20, Optional.of(POD), Optional.of("1b".repeat(32)), here),
                        new PodProcesses.Located(21, Optional.of(hash), Optional.of("1b".repeat(32)), here),
                        new PodProcesses.Located(22, Optional.empty(), Optional.empty(), here));
    }

    private void process(long pid, String cgroup) throws IOException {
        Path process = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(process.resolve("cgroup"), cgroup);
    }
}
