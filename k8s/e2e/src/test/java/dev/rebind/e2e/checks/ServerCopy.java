package dev.rebind.e2e.checks;

import io.fabric8.kubernetes.api.model.apps.Deployment;

/** A Deployment like the chart's server, with an agent that works for the same controller, and that is not of the release. */
final class ServerCopy {
    /** On the Deployment and on its pods; the value is its name. */
    static final String LABEL = "rebind.dev/e2e-copy";

    private ServerCopy() {}

    static Deployment of(Deployment server, String name) {
        return server.toBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels(LABEL, name)
                .endMetadata()
                .editSpec()
                .withNewSelector()
                .addToMatchLabels(LABEL, name)
                .endSelector()
                .editTemplate()
                .withNewMetadata()
                .addToLabels(LABEL, name)
                // By it the clients of the release are found.
                .addToLabels(
                        "app.kubernetes.io/instance",
                        server.getMetadata().getLabels().get("app.kubernetes.io/instance"))
                .endMetadata()
                .editSpec()
                .editFirstContainer()
                .withNewResources()
                .endResources()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .withStatus(null)
                .build();
    }
}
