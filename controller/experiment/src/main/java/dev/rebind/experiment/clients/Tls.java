package dev.rebind.experiment.clients;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** How clients verify a server's certificate. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Tls(
        @JsonPropertyDescription(
                "Lab only: PEM file with the certificates to trust. Default: those that the JVM trusts.")
        @Nullable
        String caFile,

        @JsonPropertyDescription(
                "Cluster only: where the certificates to trust are. The controller reads them when the experiment takes its target; it may read what clients.certificates of the chart names. Default: those that the JVM trusts.")
        @Nullable
        CertificateSource caFrom,

        @JsonPropertyDescription("Whether any certificate is taken. Default: false.") @Nullable
        Boolean insecure,

        @JsonPropertyDescription(
                "Name to check the certificate against, and to send as SNI and Host. Default: the address.")
        @Nullable
        String serverName) {}
