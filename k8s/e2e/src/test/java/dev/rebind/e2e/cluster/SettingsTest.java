package dev.rebind.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rebind.experiment.restart.Mode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    @DisplayName(
            "When nothing is given, then the defaults are those of the help, and the image has the chart's version")
    void defaults() {
        Settings settings = Settings.of(Map.of());
        assertThat(settings.prefix()).isEqualTo("rebind-e2e");
        assertThat(settings.cycles()).isEqualTo(200);
        assertThat(settings.kills()).isEqualTo(10);
        assertThat(settings.jobs()).isEqualTo(2);
        assertThat(settings.patience()).isEqualTo(600);
        assertThat(settings.firstPort()).isEqualTo(18080);
        assertThat(settings.modes()).containsExactly(Mode.process, Mode.listener, Mode.container, Mode.pod);
        assertThat(settings.full()).isFalse();
        assertThat(settings.loads()).isEmpty();
        assertThat(settings.image()).matches("rebind:\\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    @DisplayName("When a variable is empty, then it counts as not given")
    void empty() {
        assertThat(Settings.of(Map.of("CYCLES", "", "SERVERS_IMAGE", "", "FULL", "")))
                .isEqualTo(Settings.of(Map.of()));
    }

    @Test
    @DisplayName("When modes are given with commas or blanks, then those are tried, and no other")
    void modes() {
        assertThat(Settings.of(Map.of("MODES", "process, pod")).modes()).containsExactly(Mode.process, Mode.pod);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.of(Map.of("MODES", "reboot")))
                .withMessageContaining("reboot");
    }

    @Test
    @DisplayName("When a setting cannot be used, then the message says what to write")
    void refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.of(Map.of("JOBS", "two")))
                .withMessage("JOBS is two; write a number");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.of(Map.of("LOADER", "docker")))
                .withMessage("LOADER is docker; write kind, k3d, command or none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.of(Map.of("LOADER", "command")))
                .withMessage("LOADER=command needs LOADER_COMMAND");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.of(
                        Map.of("LOADER", "command", "LOADER_COMMAND", "load", "SERVERS_IMAGE", "servers:1")))
                .withMessage("LOADER=command and SERVERS_IMAGE need SERVERS_ARCHIVE");
    }

    @Test
    @DisplayName("When kind loads an archive and an image of Docker, then both commands name the cluster")
    void kind() {
        var given = new HashMap<>(Map.of("LOADER", "kind", "LOADER_CLUSTER", "rebind", "IMAGE_ARCHIVE", "rebind.tar"));
        given.put("SERVERS_IMAGE", "servers:1");
        assertThat(Settings.of(given).loads())
                .containsExactly(
                        List.of("kind", "load", "image-archive", "rebind.tar", "--name", "rebind"),
                        List.of("kind", "load", "docker-image", "servers:1", "--name", "rebind"));
    }

    @Test
    @DisplayName("When k3d has no archive, then it imports the one that the build makes")
    void k3d() {
        assertThat(Settings.of(Map.of("LOADER", "k3d")).loads())
                .containsExactly(List.of(
                        "k3d",
                        "image",
                        "import",
                        Repository.ROOT
                                .resolve("controller/dist/target/jib-image.tar")
                                .toString()));
    }

    @Test
    @DisplayName(
            "When a loader's command has arguments, then the shell splits them and gives the archive as the last one")
    void command() {
        List<String> load = Settings.of(Map.of(
                        "LOADER",
                        "command",
                        "LOADER_COMMAND",
                        "echo -n 'to nodes'",
                        "IMAGE_ARCHIVE",
                        "/tmp/an image.tar"))
                .loads()
                .getFirst();
        assertThat(Tool.run(load, "", java.time.Duration.ofSeconds(30), Map.of())
                        .out())
                .isEqualTo("to nodes /tmp/an image.tar");
    }

    @Test
    @DisplayName("When an image is named by its digest, then Helm is given the digest, else the tag")
    void image() {
        assertThat(Settings.of(Map.of("IMAGE", "registry.example.org:5000/rebind@sha256:abc"))
                        .imageFlags())
                .containsExactly(
                        "--set",
                        "image.repository=registry.example.org:5000/rebind",
                        "--set",
                        "image.digest=sha256:abc");
        assertThat(Settings.of(Map.of("IMAGE", "registry.example.org:5000/rebind:1.0"))
                        .imageFlags())
                .containsExactly(
                        "--set", "image.repository=registry.example.org:5000/rebind", "--set-string", "image.tag=1.0");
    }

    @Test
    @DisplayName(
            "When all lanes take their ports of the nodes, then no two have the same, and all stay within those that the documentation reserves")
    void ports() {
        assertThat(NodePort.values())
                .extracting(NodePort::offset)
                .doesNotHaveDuplicates()
                .allMatch(offset -> offset >= 0 && offset < NodePort.RESERVED);
    }
}
