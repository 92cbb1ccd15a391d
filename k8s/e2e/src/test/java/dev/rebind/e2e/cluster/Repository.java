package dev.rebind.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The clone that the test is part of: the chart and the documentation that it holds the cluster to. */
public final class Repository {
    public static final Path ROOT = root();
    public static final Path CHART = ROOT.resolve("helm/rebind");

    private Repository() {}

    public static String text(String file) {
        return text(ROOT.resolve(file));
    }

    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An IDE starts a test in the module's folder, the command in whichever folder it is called from. */
    private static Path root() {
        String told = System.getProperty("rebind.root");
        Path folder = Path.of(told == null ? "" : told).toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("helm/rebind/Chart.yaml"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException(
                    "no helm/rebind above " + Path.of("").toAbsolutePath());
        }
        return folder;
    }
}
