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
 * Sends requests to one agent. When the connection is lost, the request is sent again with the same key, and the agent carries it out only
 * once. An agent may become unable to identify the caller because the API server does not answer. If it has let this process in before,
 * requests are repeated until the agent can identify the caller again. Blocks; safe for several threads.
 */
final class AgentConnection implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** The pauses before the second and the third attempt. */
    private static final List<Duration> PAUSES = List.of(Duration.ofMillis(100), Duration.ofMillis(400));

    private static final Duration BETWEEN_OUTAGE_TRIES = Duration.ofMillis(500);
    /**
     * How long to repeat requests with a rejected token. When a token expires while the API server is away, the kubelet replaces it about a
     * minute after the API server is back.
     */
    private static final Duration TOKEN_REPLACED = Duration.ofMinutes(5);

    /**
     * The HTTP client of all connections. Each HTTP client has its own selector thread and more threads for answers, and a controller has
     * hundreds of connections.
     */
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    /** The unanswered requests of this connection, each under its own key. */
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
     * A request that the agent did not answer.
     *
     * @param nanos when the request was given up, {@link System#nanoTime()}
     */
    private record Silence(long nanos, String why) {}

    /** @param token asked for at each request, because tokens are replaced */
    AgentConnection(URI base, Supplier<String> token) {
        this.base = base;
        this.token = token;
    }

    /** Sends later requests only to this process of the agent. A process that is started after it refuses them. */
    void pin(String instance) {
        this.instance = instance;
    }

    void hold(@Nullable String uid) {
        this.hold = uid;
    }

    /** Stops waiting for an agent that cannot identify the caller. */
    void hurry() {
        impatient = true;
    }

    /** Returns whether the agent has refused a request since the last call. It does so when the hold has ended. */
    boolean takeHoldDoubtful() {
        boolean doubtful = holdDoubtful;
        holdDoubtful = false;
        return doubtful;
    }

    /**
     * Returns why a request was not answered.
     *
     * @param nanos {@link System#nanoTime()}
     * @return null when every request since then was answered
     */
    @Nullable
    String unansweredSince(long nanos) {
        Silence last = silence;
        return last == null || last.nanos() - nanos < 0 ? null : last.why();
    }

    /** Returns the total time of waiting for an agent that could not identify the caller. */
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
     * @param atMost limits the time until the headers of each attempt's answer; the body gets the same time again
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
                // Each attempt makes a new request, because the token may have been replaced.
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

    /** Sends one request. The HTTP client limits the time only until the headers (JDK-8208693), so the body gets its own limit here. */
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
            // This ends the call if this thread was interrupted. It does nothing if the call was answered.
            call.cancel(true);
            underWay.remove(key);
        }
    }

    /** Whether the agent, which has let this process in before, cannot identify the caller now. */
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

    /** Reads an answer. Ignores unknown members, because a newer agent may send more. */
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

    /** Returns the reason. Network exceptions often have no message. */
    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public void close() {
        closed = true;
        underWay.values().forEach(call -> call.cancel(true));
    }
}
