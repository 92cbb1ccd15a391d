package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.client.traffic.Traffic;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.clients.CertificateSource;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CertificatesTest {
    private static final String FORBIDDEN = "403";
    private static final CertificateSource MAP =
            new CertificateSource(new CertificateSource.Key("shop-ca", "ca.crt"), null);
    private static final CertificateSource SECRET =
            new CertificateSource(null, new CertificateSource.Key("shop-ca", "ca.crt"));

    private final Map<String, String> answers = new HashMap<>();
    private final SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
    private FakeApiServer apiServer;
    private String pem = "";

    @BeforeEach
    void serve() throws IOException {
        pem = Files.readString(Path.of(certificate.certificatePath()));
        apiServer = new FakeApiServer(path -> {
            String found = answers.get(path);
            return found == null || found.equals(FORBIDDEN)
                    ? new FakeApiServer.Answer(
                            found == null ? 404 : 403,
                            "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Failure\"}")
                    : new FakeApiServer.Answer(200, found);
        });
    }

    @AfterEach
    void close() {
        apiServer.close();
        certificate.delete();
    }

    private void map(String key, String value) {
        answers.put(
                "/api/v1/namespaces/shop/configmaps/shop-ca",
                "{\"kind\": \"ConfigMap\", \"apiVersion\": \"v1\", \"data\": {\"" + key + "\": \""
                        + value.replace("\n", "\\n") + "\"}}");
    }

    private void secret(String value) {
        answers.put(
                "/api/v1/namespaces/shop/secrets/shop-ca",
                "{\"kind\": \"Secret\", \"apiVersion\": \"v1\", \"data\": {\"ca.crt\": \""
                        + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)) + "\"}}");
    }

    private String read(CertificateSource source) {
        return switch (Certificates.read(apiServer.client(), "shop", source)) {
            case Certificates.Read.Pem(String text) -> text;
            case Certificates.Read.Refused(String why) -> why;
        };
    }

    @Test
    @DisplayName(
            "When a ConfigMap or a Secret has certificates, then they are read, and nothing else that is beside them")
    void certificates() {
        map("ca.crt", "# The shop's own.\n" + pem);
        secret(pem);

        assertThat(read(MAP)).isEqualToIgnoringWhitespace(pem);
        assertThat(read(SECRET)).isEqualToIgnoringWhitespace(pem);
    }

    @Test
    @DisplayName("When there is none, then it is said why, and nothing is quoted")
    void none() {
        assertThat(read(MAP)).isEqualTo("there is no ConfigMap shop-ca of namespace shop");
        map("tls.crt", pem);
        assertThat(read(MAP)).isEqualTo("ConfigMap shop-ca of namespace shop has no key ca.crt");
        secret("a password");
        assertThat(read(SECRET))
                .startsWith("Secret shop-ca of namespace shop, key ca.crt has no certificate")
                .doesNotContain("password");
        answers.put("/api/v1/namespaces/shop/secrets/shop-ca", FORBIDDEN);
        assertThat(read(SECRET))
                .isEqualTo("the controller may not read Secret shop-ca of namespace shop; whoever installed it can"
                        + " allow it (clients.certificates of the chart)");
    }

    @Test
    @DisplayName("When a target's clients speak HTTPS, then they trust the certificates that were read")
    void trusted() {
        var plan = (Plan.Cycles)
                Planner.plan(
                        Specs.experiment(
                                "{target: {workloadRef: {kind: Deployment, name: web}}, restart: {mode: pod}, clients: {tls: {serverName: shop, caFrom: {configMapKeyRef: {name: shop-ca, key: ca.crt}}}}}"));
        var http = (Traffic.Http) WebPod.target("web-0", "node-1", null)
                .trusting(pem)
                .wanted(plan.pattern().getFirst())
                .traffic();

        assertThat(Objects.requireNonNull(http.tls())).isEqualTo(new Traffic.Tls(null, pem, false, "shop"));
    }
}
