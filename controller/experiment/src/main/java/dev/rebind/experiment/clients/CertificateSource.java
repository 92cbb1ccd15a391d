package dev.rebind.experiment.clients;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Where to find the certificates to trust, in the experiment's namespace. Exactly one of the two is set. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CertificateSource(
        @JsonPropertyDescription("A key of a ConfigMap, such as ca.crt of kube-root-ca.crt.") @Nullable
        Key configMapKeyRef,

        @JsonPropertyDescription("A key of a Secret, such as ca.crt of one that cert-manager writes.") @Nullable
        Key secretKeyRef) {
    /** A key of a ConfigMap or a Secret. */
    public record Key(
            @JsonPropertyDescription("Name of the object.") String name,

            @JsonPropertyDescription("The key. Its value is PEM text with certificates.")
            String key) {}

    @Override
    public String toString() {
        return configMapKeyRef != null
                ? "ConfigMap " + configMapKeyRef.name()
                : "Secret " + (secretKeyRef == null ? "" : secretKeyRef.name());
    }
}
