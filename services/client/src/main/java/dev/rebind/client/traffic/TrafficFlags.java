package dev.rebind.client.traffic;

import dev.rebind.child.DurationText;
import dev.rebind.client.traffic.Traffic.Header;
import dev.rebind.client.traffic.Traffic.Http;
import dev.rebind.client.traffic.Traffic.Tcp;
import dev.rebind.client.traffic.Traffic.Tls;
import dev.rebind.client.traffic.Traffic.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@link Traffic} on the client's command line, both ways. */
public final class TrafficFlags {
    /** What clients speak. */
    public enum Protocol {
        rebind,
        tcp,
        http,
        https
    }

    @Option(
            names = "--protocol",
            paramLabel = "PROTOCOL",
            defaultValue = "rebind",
            description =
                    "rebind speaks to Rebind's own server; tcp connects, sends and expects bytes where told to, and"
                            + " holds the connection; http and https send requests by a schedule that does not wait for"
                            + " answers. Default: ${DEFAULT-VALUE}.")
    Protocol protocol = Protocol.rebind;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "5s",
            converter = DurationText.class,
            description =
                    "With http: how long a request may wait for a connection, and then how long its answer may take."
                            + " With tcp: how long the answer may take, from the connection on. Default:"
                            + " ${DEFAULT-VALUE}.")
    Duration timeout = Duration.ofSeconds(5);

    @Option(
            names = "--requests-per-second",
            paramLabel = "N",
            defaultValue = "100",
            description = "Requests of all connections together. Default: ${DEFAULT-VALUE}.")
    int requestsPerSecond;

    @Option(
            names = "--http-method",
            paramLabel = "METHOD",
            defaultValue = "GET",
            description = "Method of each request. Default: ${DEFAULT-VALUE}.")
    String method = "GET";

    @Option(
            names = "--http-path",
            paramLabel = "PATH",
            defaultValue = "/",
            description = "Path of each request, with its query. Default: ${DEFAULT-VALUE}.")
    String path = "/";

    @Option(
            names = "--http-header",
            paramLabel = "HEADER",
            description = "A header of each request, as \"Name: value\"; once for each. Without it none is added.")
    List<String> headers = new ArrayList<>();

    @Option(
            names = "--http-body-bytes",
            paramLabel = "N",
            defaultValue = "0",
            description = "Length of each request's body; 0: no body. Default: ${DEFAULT-VALUE}.")
    int bodyBytes;

    @Option(
            names = "--http-expected-status",
            paramLabel = "STATUS",
            description = "The status that counts as an answer. Without it any from 200 to 399.")
    @Nullable
    Integer expectedStatus;

    @Option(
            names = "--http-keep-alive",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "true",
            description =
                    "Whether connections serve request after request; false: a connection for each request. Default:"
                            + " ${DEFAULT-VALUE}.")
    boolean keepAlive;

    @Option(
            names = "--http-idle",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "So many of the connections bring one answer, and are then kept open without a request; fewer than"
                            + " --connections. Default: ${DEFAULT-VALUE}.")
    int idle;

    @Option(
            names = "--http-version",
            paramLabel = "VERSION",
            defaultValue = "http1",
            description = "http1 (HTTP/1.1) or http2: over TLS by ALPN, without TLS with prior knowledge. Default:"
                    + " ${DEFAULT-VALUE}.")
    Version version = Version.http1;

    @Option(
            names = "--tls-ca-file",
            paramLabel = "FILE",
            description = "PEM file with the certificates to trust. Without it those that the JVM trusts.")
    @Nullable
    String caFile;

    @Option(
            names = "--tls-ca",
            paramLabel = "PEM",
            description =
                    "The certificates to trust as PEM text, in place of a file. Without it those of --tls-ca-file.")
    @Nullable
    String ca;

    @Option(
            names = "--tls-insecure",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Whether to take any certificate. Default: ${DEFAULT-VALUE}.")
    boolean insecure;

    @Option(
            names = "--tls-server-name",
            paramLabel = "NAME",
            description = "Name to check the certificate against, and to send as SNI and Host. Without it the address.")
    @Nullable
    String serverName;

    @Option(
            names = "--tcp-send",
            paramLabel = "TEXT",
            description = "Text that is sent as soon as a connection is there. Without it nothing is sent.")
    @Nullable
    String send;

    @Option(
            names = "--tcp-expect",
            paramLabel = "TEXT",
            description =
                    "Text that what the server says has to contain. Without it the connection itself counts as the"
                            + " answer.")
    @Nullable
    String expect;

    /** @throws IllegalArgumentException which says what is wrong */
    public Traffic traffic() {
        return switch (protocol) {
            case rebind -> new Traffic.Rebind();
            case tcp -> new Tcp(send, expect, timeout);
            case http -> http(null);
            case https -> http(new Tls(caFile, ca, insecure, serverName));
        };
    }

    private Http http(@Nullable Tls tls) {
        return new Http(
                method,
                path,
                headers.stream().map(TrafficFlags::header).toList(),
                bodyBytes,
                expectedStatus,
                keepAlive,
                requestsPerSecond,
                version,
                timeout,
                idle,
                tls);
    }

    private static Header header(String text) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("--http-header " + text + " is not of the form \"Name: value\"");
        }
        return new Header(
                text.substring(0, colon).strip(), text.substring(colon + 1).strip());
    }

    /** The flags that make this traffic. */
    public static List<String> of(Traffic traffic) {
        var flags = new ArrayList<String>();
        switch (traffic) {
            case Traffic.Rebind _ -> flags.add("--protocol=" + Protocol.rebind);
            case Tcp tcp -> {
                flags.add("--protocol=" + Protocol.tcp);
                flags.add("--timeout=" + millis(tcp.timeout()));
                known(flags, "--tcp-send", tcp.send());
                known(flags, "--tcp-expect", tcp.expect());
            }
            case Http http -> {
                Tls tls = http.tls();
                flags.add("--protocol=" + (tls == null ? Protocol.http : Protocol.https));
                flags.add("--timeout=" + millis(http.timeout()));
                flags.add("--requests-per-second=" + http.requestsPerSecond());
                flags.add("--http-method=" + http.method());
                flags.add("--http-path=" + http.path());
                http.headers().forEach(header -> flags.add("--http-header=" + header.name() + ": " + header.value()));
                flags.add("--http-body-bytes=" + http.bodyBytes());
                known(flags, "--http-expected-status", http.expectedStatus());
                flags.add("--http-keep-alive=" + http.keepAlive());
                flags.add("--http-idle=" + http.idle());
                flags.add("--http-version=" + http.version());
                if (tls != null) {
                    known(flags, "--tls-ca-file", tls.caFile());
                    known(flags, "--tls-ca", tls.ca());
                    flags.add("--tls-insecure=" + tls.insecure());
                    known(flags, "--tls-server-name", tls.serverName());
                }
            }
        }
        return flags;
    }

    private static String millis(Duration duration) {
        return Math.max(1, duration.toMillis()) + "ms";
    }

    private static void known(List<String> flags, String flag, @Nullable Object value) {
        if (value != null) {
            flags.add(flag + "=" + value);
        }
    }
}
