package dev.rebind.agent.http;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Carries out each request once, however often the caller repeats it. A repeated request waits for the answer of the first. Answers are
 * kept for a while, except answers that say that the agent could not do the work. Safe for several threads.
 */
final class IdempotencyCache {
    private static final int MOST = 128;

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(String request, CompletableFuture<HttpAnswer> answer) {}

    /**
     * @param key the key that the caller chose
     * @param request describes the request; a different request with the same key is refused
     */
    HttpAnswer answer(String key, String request, Supplier<HttpAnswer> work) {
        var fresh = new Entry(request, new CompletableFuture<>());
        Entry known;
        synchronized (this) {
            known = entries.putIfAbsent(key, fresh);
            forgetEldest();
        }
        if (known != null) {
            if (!known.request().equals(request)) {
                throw HttpRefusal.otherBody();
            }
            return known.answer().join();
        }
        try {
            HttpAnswer answer = work.get();
            if (answer.status() >= 500) {
                forget(key);
            }
            fresh.answer().complete(answer);
            return answer;
        } catch (RuntimeException e) {
            forget(key);
            fresh.answer().completeExceptionally(e);
            throw e;
        }
    }

    private synchronized void forget(String key) {
        entries.remove(key);
    }

    private void forgetEldest() {
        Iterator<Entry> eldest = entries.values().iterator();
        while (entries.size() > MOST && eldest.hasNext()) {
            if (eldest.next().answer().isDone()) {
                eldest.remove();
            }
        }
    }
}
