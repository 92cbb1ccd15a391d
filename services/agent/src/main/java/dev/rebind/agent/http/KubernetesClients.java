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
 * Makes clients of the API server whose calls always end. The request timeout of fabric8 and of the JDK's HTTP client covers only the time
 * until the headers of an answer (JDK-8208693). Without a further limit, a call would wait for ever if the API server or the way to it died
 * in the middle of a body.
 */
public final class KubernetesClients {
    /** The time for a whole body. A list of thousands of resources takes seconds. */
    private static final Duration LONGEST_BODY = Duration.ofSeconds(60);

    private KubernetesClients() {}

    /** Returns a builder that uses the kubeconfig or the pod's account. */
    public static KubernetesClientBuilder builder() {
        return builder(LONGEST_BODY);
    }

    /**
     * @param longestBody from the headers of an answer to its end. A call that takes longer fails with a {@link
     *     java.util.concurrent.TimeoutException} as its cause. Calls without a request timeout, such as watches, have no such limit
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
                                // This closes the connection, because nobody reads from it any more.
                                body.cancel();
                            }
                        });
            }
        }
    }
}
