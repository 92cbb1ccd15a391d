package dev.rebind.experiment.clients;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * The destination of the clients' requests, taken from a URL (RFC 3986).
 *
 * @param host a name or an address, without brackets
 * @param port 1 to 65535
 * @param path the path with the query; at least /
 */
public record ClientUrl(boolean tls, String host, int port, String path) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /**
     * Parses a URL.
     *
     * @throws IllegalArgumentException when clients cannot use the URL; its message says what to write instead
     */
    public static ClientUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is no URL; write one such as https://shop.example.com/health", e);
        }
        boolean tls = "https".equals(uri.getScheme());
        if ((!tls && !"http".equals(uri.getScheme())) || uri.getHost() == null) {
            throw new IllegalArgumentException("is no URL of HTTP; write one such as https://shop.example.com/health");
        }
        if (uri.getUserInfo() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException("has a user or a fragment, which clients do not send; remove it");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw new IllegalArgumentException("has a port that is not in 1 to 65535; write another");
        }
        String host = uri.getHost();
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new ClientUrl(
                tls,
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() > 0 ? uri.getPort() : tls ? HTTPS : HTTP,
                uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
    }

    /** The host and port as a request names them in its Host field (RFC 9110, section 7.2). */
    public String authority() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls ? HTTPS : HTTP) ? name : name + ":" + port;
    }
}
