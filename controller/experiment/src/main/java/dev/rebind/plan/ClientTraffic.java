package dev.rebind.plan;

import dev.rebind.client.traffic.Traffic;
import dev.rebind.experiment.clients.ClientUrl;
import dev.rebind.experiment.clients.Clients;
import dev.rebind.experiment.clients.Http;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.experiment.clients.Tcp;
import dev.rebind.experiment.clients.Tls;
import dev.rebind.experiment.server.Readiness;
import dev.rebind.experiment.server.Target;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Finds out what clients send, with every default filled in. */
final class ClientTraffic {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration OBSERVE = Duration.ofSeconds(1);
    private static final int REQUESTS_PER_SECOND = 100;
    private static final Http NO_HTTP = new Http(null, null, null, null, null, null, null, null, null, null, null);
    private static final Tls NO_TLS = new Tls(null, null, null, null);
    private static final Tcp NO_TCP = new Tcp(null, null, null);

    private static final String ROOT = "/";

    private ClientTraffic() {}

    static Traffic of(Clients clients, @Nullable Target target) {
        return switch (clients.spokenTo(target)) {
            case rebind -> new Traffic.Rebind();
            case tcp -> {
                Tcp tcp = or(clients.tcp(), NO_TCP);
                yield new Traffic.Tcp(tcp.send(), tcp.expect(), or(tcp.timeout(), TIMEOUT));
            }
            case http -> http(or(clients.http(), NO_HTTP), null, url(clients), path(clients, target));
            case https ->
                http(or(clients.http(), NO_HTTP), or(clients.tls(), NO_TLS), url(clients), path(clients, target));
        };
    }

    private static @Nullable ClientUrl url(Clients clients) {
        return clients.via() == null || clients.via().url() == null
                ? null
                : ClientUrl.parse(clients.via().url());
    }

    /** The path of requests where the experiment names none. Clients that use HTTP because of the readiness check request the same path. */
    private static String path(Clients clients, @Nullable Target target) {
        if (clients.spoken() != null || target == null || target.command() == null) {
            return ROOT;
        }
        Readiness readiness = target.command().readiness();
        if (readiness == null || readiness.http() == null) {
            return ROOT;
        }
        var uri = URI.create(readiness.http());
        String path = or(uri.getRawPath(), "");
        return (path.isEmpty() ? ROOT : path) + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    private static Traffic.Http http(Http http, @Nullable Tls tls, @Nullable ClientUrl url, String usualPath) {
        var headers = new ArrayList<Traffic.Header>();
        if (http.headers() != null) {
            http.headers().forEach(header -> headers.add(new Traffic.Header(header.name(), header.value())));
        }
        if (url != null && headers.stream().noneMatch(header -> header.name().equalsIgnoreCase("Host"))) {
            // Clients connect to an address. The server at this address selects the site by the host name.
            headers.add(new Traffic.Header("Host", url.authority()));
        }
        return new Traffic.Http(
                or(http.method(), "GET"),
                url == null ? or(http.path(), usualPath) : url.path(),
                headers,
                or(http.bodyBytes(), 0),
                http.expectedStatus(),
                or(http.keepAlive(), true),
                or(http.requestsPerSecond(), REQUESTS_PER_SECOND),
                http.version() == null
                        ? Traffic.Version.http1
                        : switch (http.version()) {
                            case http1 -> Traffic.Version.http1;
                            case http2 -> Traffic.Version.http2;
                        },
                or(http.timeout(), TIMEOUT),
                or(http.idleConnections(), 0),
                tls == null
                        ? null
                        : new Traffic.Tls(tls.caFile(), null, or(tls.insecure(), false), serverName(tls, url)));
    }

    private static @Nullable String serverName(Tls tls, @Nullable ClientUrl url) {
        return tls.serverName() != null || url == null ? tls.serverName() : url.host();
    }

    /** How long latencies are measured before and after a restart; zero where clients send no requests. */
    static Duration observe(Clients clients, @Nullable Target target) {
        Protocol protocol = clients.spokenTo(target);
        return protocol == Protocol.http || protocol == Protocol.https
                ? or(or(clients.http(), NO_HTTP).observe(), OBSERVE)
                : Duration.ZERO;
    }

    private static <T> T or(@Nullable T written, T usual) {
        return written != null ? written : usual;
    }
}
