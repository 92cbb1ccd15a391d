package dev.rebind.e2e.cluster;

import dev.rebind.experiment.restart.Mode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the test is told by variables of the environment; {@code k8s/e2e/run --help} describes each. Text that is not given
 * is empty.
 *
 * @param prefix of the namespaces
 * @param image the image's reference
 * @param formerChart folder of the chart of an earlier version
 * @param kills how often the controller is killed
 * @param jobs lanes side by side
 * @param patience seconds until a release must be ready, and without a cycle until an experiment is given up
 * @param firstPort first of the nodes' ports that are used: {@link NodePort}
 */
public record Settings(
        String prefix,
        Loader loader,
        String loaderCommand,
        String loaderCluster,
        String archive,
        String image,
        String serversImage,
        String serversArchive,
        String formerChart,
        String formerImage,
        String formerArchive,
        int cycles,
        int kills,
        int jobs,
        List<Mode> modes,
        String freeze,
        String thaw,
        int frozenSeconds,
        String freezeKubelet,
        String thawKubelet,
        boolean full,
        String prometheus,
        String kill,
        String walk,
        int patience,
        int firstPort) {

    /** How an image gets to the nodes. */
    public enum Loader {
        kind,
        k3d,
        command,
        none
    }

    private static final class Current {
        private static final Settings SETTINGS = of(System.getenv());
    }

    public Settings {
        modes = List.copyOf(modes);
    }

    /** Those of this process. */
    public static Settings current() {
        return Current.SETTINGS;
    }

    /**
     * @throws IllegalArgumentException with a message that says what to write instead
     */
    public static Settings of(Map<String, String> environment) {
        var given = new Given(environment);
        Loader loader = loader(given.text("LOADER", "none"));
        String archive = given.text("IMAGE_ARCHIVE", "");
        if (archive.isEmpty() && (loader == Loader.k3d || loader == Loader.command)) {
            archive = Repository.ROOT
                    .resolve("controller/dist/target/jib-image.tar")
                    .toString();
        }
        var settings = new Settings(
                given.text("PREFIX", "rebind-e2e"),
                loader,
                given.text("LOADER_COMMAND", ""),
                given.text("LOADER_CLUSTER", ""),
                archive,
                given.text("IMAGE", "rebind:" + chartsVersion()),
                given.text("SERVERS_IMAGE", ""),
                given.text("SERVERS_ARCHIVE", ""),
                given.text("FORMER_CHART", ""),
                given.text("FORMER_IMAGE", ""),
                given.text("FORMER_ARCHIVE", ""),
                given.number("CYCLES", 200),
                given.number("KILLS", 10),
                given.number("JOBS", 2),
                modes(given.text("MODES", "process listener container pod")),
                given.text("FREEZE_COMMAND", ""),
                given.text("THAW_COMMAND", ""),
                given.number("FROZEN_SECONDS", 60),
                given.text("FREEZE_KUBELET_COMMAND", ""),
                given.text("THAW_KUBELET_COMMAND", ""),
                !given.text("FULL", "").isEmpty(),
                given.text("PROMETHEUS_URL", ""),
                given.text("KILL_COMMAND", ""),
                given.text("WALK_COMMAND", ""),
                given.number("PATIENCE", 600),
                given.number("FIRST_PORT", 18080));
        if (loader == Loader.command && settings.loaderCommand.isEmpty()) {
            throw new IllegalArgumentException("LOADER=command needs LOADER_COMMAND");
        }
        if (loader == Loader.command && !settings.serversImage.isEmpty() && settings.serversArchive.isEmpty()) {
            throw new IllegalArgumentException("LOADER=command and SERVERS_IMAGE need SERVERS_ARCHIVE");
        }
        if (loader == Loader.command && !settings.formerImage.isEmpty() && settings.formerArchive.isEmpty()) {
            throw new IllegalArgumentException("LOADER=command and FORMER_IMAGE need FORMER_ARCHIVE");
        }
        return settings;
    }

    /** The commands that make the images known to the nodes; none where the nodes have or pull them. */
    public List<List<String>> loads() {
        if (loader == Loader.none) {
            return List.of();
        }
        var loads = new ArrayList<List<String>>();
        loads.add(load(archive, image));
        if (!serversImage.isEmpty()) {
            loads.add(load(serversArchive, serversImage));
        }
        if (!formerImage.isEmpty()) {
            loads.add(load(formerArchive, formerImage));
        }
        return loads;
    }

    private List<String> load(String archive, String image) {
        List<String> named =
                loaderCluster.isEmpty() ? List.of() : List.of(loader == Loader.k3d ? "-c" : "--name", loaderCluster);
        List<String> command = switch (loader) {
            case none -> List.of();
            // The shell splits the command into its words.
            case command -> List.of("bash", "-c", loaderCommand + " \"$0\"", archive);
            case k3d -> List.of("k3d", "image", "import", archive.isEmpty() ? image : archive);
            case kind ->
                archive.isEmpty()
                        ? List.of("kind", "load", "docker-image", image)
                        : List.of("kind", "load", "image-archive", archive);
        };
        return Stream.concat(command.stream(), loader == Loader.command ? Stream.of() : named.stream())
                .toList();
    }

    /** Helm's flags for the image. */
    public List<String> imageFlags() {
        return imageFlags(image);
    }

    public static List<String> imageFlags(String image) {
        int at = image.indexOf('@');
        if (at >= 0) {
            return List.of(
                    "--set",
                    "image.repository=" + image.substring(0, at),
                    "--set",
                    "image.digest=" + image.substring(at + 1));
        }
        int tag = image.lastIndexOf(':');
        return List.of(
                "--set",
                "image.repository=" + image.substring(0, tag),
                "--set-string",
                "image.tag=" + image.substring(tag + 1));
    }

    private static Loader loader(String name) {
        return Arrays.stream(Loader.values())
                .filter(loader -> loader.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("LOADER is " + name + "; write kind, k3d, command or none"));
    }

    private static List<Mode> modes(String names) {
        return Arrays.stream(names.trim().split("[\\s,]+"))
                .map(name -> Arrays.stream(Mode.values())
                        .filter(mode -> mode.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("MODES has " + name
                                + ", which is no restart mode; write some of process, listener, container and pod")))
                .toList();
    }

    private static String chartsVersion() {
        Path chart = Repository.CHART.resolve("Chart.yaml");
        return Repository.text(chart)
                .lines()
                .filter(line -> line.startsWith("appVersion:"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim().replace("\"", ""))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(chart + " has no appVersion"));
    }

    /** An empty variable counts as not given. */
    private record Given(Map<String, String> environment) {
        String text(String name, String otherwise) {
            String value = environment.getOrDefault(name, "");
            return value.isEmpty() ? otherwise : value;
        }

        int number(String name, int otherwise) {
            String value = text(name, String.valueOf(otherwise));
            try {
                return Integer.parseInt(value);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(name + " is " + value + "; write a number", e);
            }
        }
    }
}
