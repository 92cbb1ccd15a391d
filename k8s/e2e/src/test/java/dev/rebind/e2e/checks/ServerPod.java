package dev.rebind.e2e.checks;

import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Release;

/** The pod of the chart's server. */
final class ServerPod {
    private ServerPod() {}

    /** A new pod has no back-off: after some restarts of its container the kubelet would wait for minutes. */
    static void makeAnew(Release release) {
        Cluster.client().resource(release.pod("server")).delete();
        release.ready();
    }
}
