package dev.rebind.e2e.cluster;

import static dev.rebind.e2e.cluster.Tool.tryKubectl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is kept of a failure: logs, events and resources of the lane's namespaces, as kubectl shows them. */
public final class Kept {
    private static final List<String> KINDS =
            List.of("rbx", "pods", "deployments,configmaps,services,leases", "events");

    private Kept() {}

    public static void of(Release release, Path folder, String why) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("why.txt"), why + "\n");
        for (String namespace : release.namespaces()) {
            for (String kind : KINDS) {
                var shown = tryKubectl("get", kind, "-n", namespace, "-o", "yaml");
                String name = namespace + "-" + kind.split(",", 2)[0] + ".yaml";
                Files.writeString(folder.resolve(name), shown.out().isEmpty() ? shown.err() : shown.out());
            }
            for (String pod : tryKubectl("get", "pods", "-n", namespace, "-o", "name")
                    .out()
                    .lines()
                    .toList()) {
                log(namespace, pod, folder, false);
                log(namespace, pod, folder, true);
            }
        }
    }

    private static void log(String namespace, String pod, Path folder, boolean previous) throws IOException {
        var log = tryKubectl("-n", namespace, "logs", pod, "--all-containers", "--previous=" + previous);
        if (!log.failed()) {
            Files.writeString(
                    folder.resolve(namespace + "-" + pod.replace('/', '-') + (previous ? "-previous.log" : ".log")),
                    log.out());
        }
    }
}
