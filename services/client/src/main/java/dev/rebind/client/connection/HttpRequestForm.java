package dev.rebind.client.connection;

import dev.rebind.client.traffic.Traffic;
import dev.rebind.client.traffic.Traffic.Header;
import dev.rebind.client.traffic.Traffic.Tls;
import dev.rebind.client.traffic.Traffic.Version;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What all requests of a client have in common, and how their connections are made. On the event loop. */
final class HttpRequestForm {
    private final Traffic.Http http;
    private final HttpClientAgent client;
    private final HttpConnectOptions connect;
    private final RequestOptions request = new RequestOptions();
    private final @Nullable Buffer body;

    HttpRequestForm(Vertx vertx, ClientSettings settings, Traffic.Http http) {
        this.http = http;
        this.body = http.bodyBytes() == 0 ? null : Buffer.buffer(new byte[http.bodyBytes()]);
        client = vertx.createHttpClient(options(settings, http));
        SocketAddress server = SocketAddress.inetSocketAddress(new InetSocketAddress(settings.host(), settings.port()));
        String named = http.tls() == null ? null : http.tls().serverName();
        String name = named == null ? settings.host().getHostAddress() : named;
        connect = new HttpConnectOptions()
                .setServer(server)
                .setHost(name)
                .setPort(settings.port())
                .setSsl(http.tls() != null);
        request.setServer(server)
                .setHost(name)
                .setPort(settings.port())
                .setSsl(http.tls() != null)
                .setMethod(HttpMethod.valueOf(http.method()))
                .setURI(http.path());
        for (Header header : http.headers()) {
            request.addHeader(header.name(), header.value());
        }
        if (!http.keepAlive() && http.version() == Version.http1) {
            request.putHeader("Connection", "close");
        }
    }

    private static HttpClientOptions options(ClientSettings settings, Traffic.Http http) {
        HttpClientOptions options = settings.at(new HttpClientOptions())
                .setProtocolVersion(http.version() == Version.http2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
                .setHttp2ClearTextUpgrade(false)
                .setUseAlpn(http.version() == Version.http2)
                .setKeepAliveTimeout(0)
                .setHttp2KeepAliveTimeout(0);
        Tls tls = http.tls();
        if (tls != null) {
            options.setSsl(true).setTrustAll(tls.insecure()).setVerifyHost(!tls.insecure());
            if (tls.caFile() != null) {
                options.setTrustOptions(new PemTrustOptions().addCertPath(tls.caFile()));
            } else if (tls.ca() != null) {
                options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(tls.ca())));
            }
        }
        return options;
    }

    Traffic.Http http() {
        return http;
    }

    Future<HttpClientConnection> connect() {
        return client.connect(connect);
    }

    /** A request that is yet to be sent. */
    Future<HttpClientRequest> request(HttpClientConnection on) {
        return on.request(request);
    }

    Future<HttpClientResponse> send(HttpClientRequest made) {
        return body == null ? made.send() : made.send(body);
    }
}
