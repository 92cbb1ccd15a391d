package dev.rebind.agent.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import dev.rebind.agent.wire.Wire;
import dev.rebind.agent.wire.WireMessages;
import dev.rebind.agent.wire.WireMessages.Problem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one agent. Each is tried again where the connection was lost, under one key, by which the agent carries it out
 * once. An agent that has let this process in, and cannot tell who asks now since the API server does not answer, is asked
 * until it can: such an outage delays whoever asks, and is no answer. Blocks; safe for several threads.
 */
final class AgentConnection implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** Pauses before the second and the third attempt. */
    private static final List<Duration> PAUSES = List.of(Duration.ofMillis(100), Duration.ofMillis(400));

    private static final Duration BETWEEN_OUTAGE_TRIES = Duration.ofMillis(500);
    /** A token that expired while the API server was away is replaced by the kubelet a minute or so later. */
    private static final Duration TOKEN_REPLACED = Duration.ofMinutes(5);

    /** One for all connections: each client has a thread for its selector and others for its answers, and a controller has hundreds of connections. */
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    /** The requests of this connection that are not answered yet, each under a key of its own. */
    private final Map<Object, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();

    private final URI base;
    private final Supplier<String> token;
    private volatile @Nullable String instance;
    private volatile @Nullable String hold;
    private volatile boolean impatient;
    private volatile boolean closed;
    private volatile boolean holdDoubtful;
    private volatile @Nullable Silence silence;
    private final AtomicLong outage = new AtomicLong();

    /**
     * A request that no agent answered.
     *
     * @param nanos when it was given up, {@link System#nanoTime()}
     */
    private record Silence(long nanos, String why) {}

    /** @param token asked for at each request, since tokens are replaced */
    AgentConnection(URI base, Supplier<String> token) {
        this.base = base;
        this.token = token;
    }

    /** Requests are for this process of the agent from now on, and for none that is started after it. */
    void pin(String instance) {
        this.instance = instance;
    }

    void hold(@Nullable String uid) {
        this.hold = uid;
    }

    /** From now on nobody waits for an agent that cannot tell who asks. */
    void hurry() {
        impatient = true;
    }

    /** Whether the agent refused a request since this was asked last, as it does when the hold has ended. */
    boolean takeHoldDoubtful() {
        boolean doubtful = holdDoubtful;
        holdDoubtful = false;
        return doubtful;
    }

    /**
     * Why a request was not answered.
     *
     * @param nanos {@link System#nanoTime()}
     * @return null when each since then was
     */
    @Nullable
    String unansweredSince(long nanos) {
        Silence last = silence;
        return last == null || last.nanos() - nanos < 0 ? null : last.why();
    }

    /** For how long, in all, answers were waited for while the agent could not tell who asks. */
    long outageNanos() {
        return outage.get();
    }

    <T> T get(String path, Class<T> answer, Duration atMost) throws AgentException, InterruptedException {
        return send("GET", path, null, answer, atMost);
    }

    <T> T post(String path, Object body, Class<T> answer, Duration atMost) throws AgentException, InterruptedException {
        return send("POST", path, body, answer, atMost);
    }

    /**
     * @param atMost for the head of the answer to each attempt; its body gets as long again
     * @throws AgentException when the agent refuses or cannot be reached
     */
    <T> T send(String method, String path, @Nullable Object body, Class<T> answer, Duration atMost)
            throws AgentException, InterruptedException {
        String key = UUID.randomUUID().toString();
        long began = System.nanoTime();
        int attempt = 0;
        long asked = began;
        while (true) {
            boolean last = attempt == PAUSES.size();
            try {
                // Made anew: the token may have been replaced.
                HttpRequest request = request(method, path, body, atMost, key);
                HttpResponse<byte[]> response = exchange(request, atMost);
                if (response.statusCode() == 200) {
                    return read(response.body(), answer);
                }
                if (isOutage(response, began)) {
                    Thread.sleep(BETWEEN_OUTAGE_TRIES);
                    long now = System.nanoTime();
                    outage.addAndGet(now - asked);
                    asked = now;
                    continue;
                }
                if (response.statusCode() != 503 || last) {
                    throw refused(response);
                }
            } catch (AgentException e) {
                throw e;
            } catch (IOException e) {
                if (last) {
                    String why = "the agent at " + base + " cannot be reached: " + reason(e);
                    silence = new Silence(System.nanoTime(), why);
                    throw new AgentException(why, null, e);
                }
            }
            Thread.sleep(PAUSES.get(attempt));
            attempt++;
        }
    }

    /** The HTTP client limits an answer up to its headers only (JDK-8208693); its body gets as long again. */
    private HttpResponse<byte[]> exchange(HttpRequest request, Duration atMost)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> call = HTTP.sendAsync(request, BodyHandlers.ofByteArray());
        var key = new Object();
        underWay.put(key, call);
        try {
            if (closed) {
                throw new IOException("closed");
            }
            return call.get(atMost.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            var late = new HttpTimeoutException("its answer stopped before its end");
            late.initCause(e);
            throw late;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (CancellationException e) {
            throw new IOException("closed", e);
        } finally {
            // Does nothing where it was answered, and ends it where this thread was interrupted.
            call.cancel(true);
            underWay.remove(key);
        }
    }

    /** Whether an agent that has let this process in before only cannot tell now who asks. */
    private boolean isOutage(HttpResponse<byte[]> response, long began) {
        if (instance == null || impatient) {
            return false;
        }
        return switch (response.statusCode()) {
            case 503 -> response.headers().firstValue("Retry-After").isPresent();
            case 401 -> System.nanoTime() - began < TOKEN_REPLACED.toNanos();
            default -> false;
        };
    }

    private HttpRequest request(String method, String path, @Nullable Object body, Duration atMost, String key)
            throws AgentException {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                    .timeout(atMost)
                    .header("Authorization", "Bearer " + token.get())
                    .header(WireMessages.KEY_HEADER, key);
            if (instance != null) {
                request.header(WireMessages.INSTANCE_HEADER, instance);
            }
            if (hold != null) {
                request.header(WireMessages.HOLD_HEADER, hold);
            }
            if (body == null) {
                return request.method(method, BodyPublishers.noBody()).build();
            }
            return request.header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofByteArray(Wire.mapper().writeValueAsBytes(body)))
                    .build();
        } catch (JsonProcessingException | RuntimeException e) {
            throw new AgentException("the agent at " + base + " cannot be asked: " + reason(e), null, e);
        }
    }

    /** A newer agent may say more than is known here. */
    private <T> T read(byte[] body, Class<T> type) throws AgentException {
        try {
            return Wire.mapper()
                    .readerFor(type)
                    .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(body);
        } catch (IOException e) {
            throw new AgentException(
                    "the agent at " + base + " answered what is not understood here: " + reason(e), null, e);
        }
    }

    private AgentException refused(HttpResponse<byte[]> response) {
        if (hold != null && (response.statusCode() == 409 || response.statusCode() == 412)) {
            holdDoubtful = true;
        }
        String start = "the agent at " + base + " answered " + response.statusCode();
        String mediaType = response.headers().firstValue("Content-Type").orElse("");
        if (!mediaType.toLowerCase(Locale.ROOT).startsWith(Problem.MEDIA_TYPE)) {
            return new AgentException(start, null, null);
        }
        try {
            Problem problem = read(response.body(), Problem.class);
            return new AgentException(start + ": " + problem.detail(), problem, null);
        } catch (AgentException e) {
            return new AgentException(start, null, e);
        }
    }

    /** An exception of the network often has no message. */
    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public void close() {
        closed = true;
        underWay.values().forEach(call -> call.cancel(true));
    }
}
