package dev.rebind.e2e.junit;

import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Settings;
import dev.rebind.e2e.cluster.Tool;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * What all lanes of one session share, however many run side by side: the image on the nodes, the CustomResourceDefinition, and
 * that nothing is left when the session ends or is cut short.
 */
final class Preparation implements AutoCloseable {
    private final boolean leaves;
    private final boolean crdWasThere;
    private final @Nullable RuntimeException failure;
    private final Set<Release> open = ConcurrentHashMap.newKeySet();
    private final Thread cutShort = new Thread(this::cutShort, "cut short");

    private Preparation(boolean leaves) {
        this.leaves = leaves;
        boolean wasThere = true;
        RuntimeException failed = null;
        try {
            for (List<String> load : Settings.current().loads()) {
                System.out.println("$ " + String.join(" ", load));
                Tool.must(load, "", Duration.ofMinutes(10));
            }
            wasThere = Cluster.crdIsThere();
        } catch (RuntimeException e) {
            // It is not tried again for each check.
            failed = e;
        }
        crdWasThere = wasThere;
        failure = failed;
        Runtime.getRuntime().addShutdownHook(cutShort);
    }

    static Preparation of(ExtensionContext context) {
        boolean leaves = context.getConfigurationParameter(Lane.LEAVE)
                .map(Boolean::parseBoolean)
                .orElse(false);
        return context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(Preparation.class))
                .getOrComputeIfAbsent(Preparation.class, _ -> new Preparation(leaves), Preparation.class);
    }

    /**
     * @throws BrokenException where the image is not on the nodes, or the cluster does not answer
     */
    void needsAll() {
        if (failure != null) {
            throw new BrokenException("nothing could be prepared: " + failure.getMessage(), failure);
        }
    }

    boolean leaves() {
        return leaves;
    }

    void opened(Release release) {
        open.add(release);
    }

    void clear(Release release) {
        release.clear();
        open.remove(release);
    }

    /** Applies it where the first lane, which installs it with Helm, was not carried out. */
    synchronized void crdIsNeeded() {
        if (!Cluster.crdIsThere()) {
            Cluster.applyCrd();
        }
    }

    @Override
    public void close() {
        removeCrd();
        Runtime.getRuntime().removeShutdownHook(cutShort);
    }

    private void removeCrd() {
        if (!crdWasThere && !leaves) {
            Tool.tryKubectl("delete", "crd", Cluster.CRD, "--ignore-not-found", "--timeout=300s");
        }
    }

    /** Ctrl-C, SIGTERM, or the stop of an IDE. */
    private void cutShort() {
        System.err.println("\ncut short: removing what was made");
        if (!leaves) {
            open.forEach(Release::clear);
            removeCrd();
        }
    }
}
