package dev.rebind.e2e.checks;

import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Tool;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A certificate that is its own authority, with its key, both as PEM. */
record Certificate(String certificate, String key) {
    /** Of the Secret that has both, and of the ConfigMap that has the authority. */
    static final String NAME = "theirs-certificate";

    private static final String PASSWORD = "changeit";

    /** With the JDK's own keytool. */
    static Certificate made(String host, String name) {
        try {
            Path folder = Files.createTempDirectory("rebind-" + name);
            Path store = folder.resolve("store.p12");
            try {
                Tool.must(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                NAME,
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=" + NAME,
                                "-ext",
                                "SAN=dns:" + host,
                                "-ext",
                                "BC=ca:true",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                PASSWORD),
                        "",
                        Duration.ofSeconds(60));
                return read(store);
            } finally {
                Files.deleteIfExists(store);
                Files.delete(folder);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new BrokenException("no certificate: " + e.getMessage(), e);
        }
    }

    private static Certificate read(Path file) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return new Certificate(
                pem("CERTIFICATE", store.getCertificate(NAME).getEncoded()),
                pem("PRIVATE KEY", store.getKey(NAME, PASSWORD.toCharArray()).getEncoded()));
    }

    private static String pem(String type, byte[] encoded) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(encoded)
                + "\n-----END " + type + "-----\n";
    }

    void apply(String namespace) {
        Cluster.apply(
                namespace,
                new SecretBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .endMetadata()
                        .withStringData(Map.of("tls.crt", certificate, "tls.key", key, "ca.crt", certificate))
                        .build());
        Cluster.apply(
                namespace,
                new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .endMetadata()
                        .withData(Map.of("ca.crt", certificate))
                        .build());
    }
}
