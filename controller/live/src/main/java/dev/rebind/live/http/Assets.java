package dev.rebind.live.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Serves the files of the page from the class path, and reads each of them once. Safe for several threads. */
final class Assets {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    /** The media types of the files that may be requested, by extension. Other files of the class path may not be requested. */
    private static final Map<String, String> TYPES = Map.of(
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "json", "application/json",
            "png", "image/png",
            "ico", "image/x-icon",
            "woff2", "font/woff2",
            "txt", "text/plain; charset=utf-8");

    private final Map<String, Optional<Asset>> read = new ConcurrentHashMap<>();

    private record Asset(Buffer bytes, String tag) {}

    /** Answers with a file of the page, or with 404 if it does not exist. */
    void file(RoutingContext context, String name) {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null || !NAME.matcher(name).matches()) {
            Responses.text(context, 404, "there is no such file");
            return;
        }
        resource(context, "/dev/rebind/live/" + name, type);
    }

    /** Answers with a resource of the class path, or with 404 if it does not exist. */
    void resource(RoutingContext context, String path, String type) {
        Optional<Asset> asset = read.computeIfAbsent(path, Assets::read);
        if (asset.isEmpty()) {
            Responses.text(context, 404, "there is no such file");
            return;
        }
        var response = context.response();
        response.putHeader(HttpHeaders.ETAG, asset.get().tag());
        // The browser asks each time, so that it sees a new version at once. In most cases the answer is 304.
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        if (asset.get().tag().equals(context.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
            var _ = response.setStatusCode(304).end();
            return;
        }
        var _ = response.putHeader(HttpHeaders.CONTENT_TYPE, type)
                .end(asset.get().bytes());
    }

    private static Optional<Asset> read(String path) {
        try (InputStream in = Assets.class.getResourceAsStream(path)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] bytes = in.readAllBytes();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return Optional.of(new Asset(
                    Buffer.buffer(bytes),
                    '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(hash) + '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
