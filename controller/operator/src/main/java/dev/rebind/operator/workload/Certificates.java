package dev.rebind.operator.workload;

import dev.rebind.experiment.clients.CertificateSource;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the certificates that clients trust from a ConfigMap or a Secret. Only certificates leave a Secret: this class
 * parses them and encodes them again, and no message quotes the text that it read.
 */
final class Certificates {
    /** The longest PEM text, because Linux limits one argument of a process to 128 KiB. */
    private static final int LONGEST = 64 * 1024;

    private Certificates() {}

    /** The certificates, or why there are none. */
    sealed interface Read {
        /** @param text only certificates */
        record Pem(String text) implements Read {}

        record Refused(String why) implements Read {}
    }

    /**
     * Reads the certificates from the given key.
     *
     * @throws KubernetesClientException when the API server does not answer
     */
    static Read read(KubernetesClient client, String namespace, CertificateSource source) {
        String what = source + " of namespace " + namespace;
        String key = Objects.requireNonNull(
                        source.configMapKeyRef() != null ? source.configMapKeyRef() : source.secretKeyRef())
                .key();
        Map<String, String> data;
        try {
            data = data(client, namespace, source);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
                throw e;
            }
            return new Read.Refused("the controller may not read " + what
                    + "; whoever installed it can allow it (clients.certificates of the chart)");
        }
        if (data == null) {
            return new Read.Refused("there is no " + what);
        }
        String value = data.get(key);
        return value == null ? new Read.Refused(what + " has no key " + key) : parsed(what + ", key " + key, value);
    }

    /** Returns the data of the ConfigMap or Secret; null if it does not exist. */
    private static @Nullable Map<String, String> data(
            KubernetesClient client, String namespace, CertificateSource source) {
        if (source.configMapKeyRef() != null) {
            ConfigMap map = client.configMaps()
                    .inNamespace(namespace)
                    .withName(source.configMapKeyRef().name())
                    .get();
            return map == null ? null : ObjectLabels.orEmpty(map.getData());
        }
        Secret secret = client.secrets()
                .inNamespace(namespace)
                .withName(Objects.requireNonNull(source.secretKeyRef()).name())
                .get();
        return secret == null
                ? null
                : ObjectLabels.orEmpty(secret.getData()).entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> decoded(entry.getValue())));
    }

    private static String decoded(String value) {
        try {
            return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static Read parsed(String where, String text) {
        try {
            var found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
            var pem = new StringBuilder();
            for (Certificate certificate : found) {
                pem.append("-----BEGIN CERTIFICATE-----\n")
                        .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded()))
                        .append("\n-----END CERTIFICATE-----\n");
            }
            if (pem.length() > LONGEST) {
                return new Read.Refused(where + " has more than " + LONGEST / 1024 + " KiB of certificates");
            }
            return pem.isEmpty() ? new Read.Refused(where + " has no certificate") : new Read.Pem(pem.toString());
        } catch (CertificateException _) {
            // The exception's message may quote the text, so it is not used.
            return new Read.Refused(where + " has no certificates in PEM");
        }
    }
}
