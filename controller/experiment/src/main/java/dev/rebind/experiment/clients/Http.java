package dev.rebind.experiment.clients;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.GoDuration;
import dev.rebind.experiment.value.Range;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** HTTP requests sent by a schedule that does not wait for answers. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Http(
        @JsonPropertyDescription("Method of each request. Default: GET.") @Nullable
        String method,

        @JsonPropertyDescription("Path of each request, with its query. Default: /.") @Nullable
        String path,

        @JsonPropertyDescription("Headers of each request.") @Nullable
        List<Header> headers,

        @JsonPropertyDescription("Length of each request's body in bytes. Default: 0.")
        @Range(min = 0, max = 1_048_576)
        @Nullable
        Integer bodyBytes,

        @JsonPropertyDescription(
                "The status that counts as an answer. Default: any from 200 to 399, as for a probe of Kubernetes.")
        @Range(min = 100, max = 599)
        @Nullable
        Integer expectedStatus,

        @JsonPropertyDescription(
                "Whether connections serve request after request; false: a connection for each request. Default: true.")
        @Nullable
        Boolean keepAlive,

        @JsonPropertyDescription("Requests of all connections together in a second. Default: 100.")
        @Range(min = 1, max = 10_000)
        @Nullable
        Integer requestsPerSecond,

        @JsonPropertyDescription(
                "http1 (HTTP/1.1) or http2 (over TLS by ALPN, without TLS with prior knowledge). Default: http1.")
        @Nullable
        HttpVersion version,

        @JsonPropertyDescription(
                "How long a request may wait for a connection, and then how long its answer may take. Default: 5s.")
        @GoDuration.Text
        @Nullable
        Duration timeout,

        @JsonPropertyDescription(
                "So many of the connections bring one answer, and are then kept open without a request, so that a server that closes first leaves TIME_WAIT for them whatever the others do. Fewer than connections. Default: 0.")
        @Range(min = 0, max = 9_999)
        @Nullable
        Integer idleConnections,

        @JsonPropertyDescription("How long latencies are measured before each restart, and after it. Default: 1s.")
        @GoDuration.Text
        @Nullable
        Duration observe) {}
