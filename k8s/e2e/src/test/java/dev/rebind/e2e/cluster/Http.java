package dev.rebind.e2e.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** HTTP to a port of a pod, through a port-forward: the caller's own Authorization arrives there, which the API server's proxy keeps for itself. */
public final class Http implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final LocalPortForward forward;

    private Http(LocalPortForward forward) {
        this.forward = forward;
    }

    public static Http to(Pod pod, int port) {
        return new Http(Cluster.client()
                .pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .portForward(port));
    }

    public record Answer(int status, String body) {}

    public int port() {
        return forward.getLocalPort();
    }

    public Answer get(String path) {
        return call("GET", path, "", Map.of());
    }

    /**
     * Asks again, up to 30 s, while the answer is a 503 with Retry-After: an agent says so that nothing was done, because
     * the API server did not say in time who asks.
     *
     * @param body of no request where it is empty
     */
    public Answer call(String method, String path, String body, Map<String, String> headers) {
        BodyPublisher sent = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(LONGEST)
                .method(method, sent);
        Map.of("Content-Type", "application/json").forEach(request::setHeader);
        headers.forEach(request::setHeader);
        HttpRequest built = request.build();
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (true) {
            HttpResponse<String> answer = exchange(built);
            boolean later = answer.statusCode() == 503
                    && answer.headers().firstValue("Retry-After").isPresent();
            if (!later || System.nanoTime() - deadline >= 0) {
                return new Answer(answer.statusCode(), answer.body());
            }
            Await.pass(AGAIN);
        }
    }

    /** To an address that is reached from here. */
    public static Answer send(HttpRequest request) {
        HttpResponse<String> answer = exchange(request);
        return new Answer(answer.statusCode(), answer.body());
    }

    private static HttpResponse<String> exchange(HttpRequest request) {
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new BrokenException(request.method() + " " + request.uri() + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokenException("interrupted", e);
        }
    }

    @Override
    public void close() {
        try {
            forward.close();
        } catch (IOException e) {
            // Nothing is sent through it any more.
        }
    }
}
