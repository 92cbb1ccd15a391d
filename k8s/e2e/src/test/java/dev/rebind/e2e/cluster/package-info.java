/** The cluster of KUBECONFIG: its API, the tools of its users, and releases of the chart in namespaces of their own. */
@NullMarked
package dev.rebind.e2e.cluster;

import org.jspecify.annotations.NullMarked;
