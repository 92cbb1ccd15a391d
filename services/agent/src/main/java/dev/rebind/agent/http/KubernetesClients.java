package dev.rebind.agent.http;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients of the API server whose calls always end. The request timeout of fabric8 and of the JDK's HTTP client covers an answer up
 * to its headers (JDK-8208693): where the API server, or the way to it, dies in the midst of a body, the call would wait for ever.
 */
public final class KubernetesClients {
    /** For a whole body. A list of thousands of resources takes seconds. */
    private static final Duration LONGEST_BODY = Duration.ofSeconds(60);

    private KubernetesClients() {}

    /** A builder that knows the kubeconfig or the pod's account. */
    public static KubernetesClientBuilder builder() {
        return builder(LONGEST_BODY);
    }

    /**
     * @param longestBody from the headers of an answer to its end; a call that takes longer fails with a {@link
     *     java.util.concurrent.TimeoutException} as its cause. Calls without a request timeout, such as watches, have no such limit.
     */
    public static KubernetesClientBuilder builder(Duration longestBody) {
        return new KubernetesClientBuilder()
                .withHttpClientBuilderConsumer(
                        client -> client.addOrReplaceInterceptor("longest-body", new BodyLimit(longestBody)));
    }

    private record BodyLimit(Duration longest) implements Interceptor {
        @Override
        public void after(
                HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
            if (request instanceof StandardHttpRequest known
                    && known.getTimeout() != null
                    && known.getTimeout().isPositive()
                    && response.body() instanceof AsyncBody body) {
                var _ = body.done()
                        .orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS)
                        .whenComplete((_, failure) -> {
                            if (failure != null) {
                                // Closes the connection, of which nobody reads any more.
                                body.cancel();
                            }
                        });
            }
        }
    }
}
