package dev.rebind.live.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReaderPlacesTest {
    private final ReaderPlaces places = new ReaderPlaces(3);
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
    }

    /** A reader that has a place, and completes this when it loses it. */
    private CompletableFuture<Void> reader(String address) {
        var taken = new CompletableFuture<Void>();
        var lost = new CompletableFuture<Void>();
        threads.add(Thread.ofVirtual().start(() -> {
            try (ReaderPlaces.Place _ = places.take(address)) {
                taken.complete(null);
                new CountDownLatch(1).await();
            } catch (InterruptedException _) {
                lost.complete(null);
            }
        }));
        taken.join();
        return lost;
    }

    @Test
    @DisplayName(
            "When places are short, then the address that has most of them gives its first, and others keep theirs")
    void crowd() {
        CompletableFuture<Void> honest = reader("10.0.0.1");
        CompletableFuture<Void> first = reader("10.0.0.2");
        CompletableFuture<Void> second = reader("10.0.0.2");

        CompletableFuture<Void> third = reader("10.0.0.2");
        first.join();
        var _ = reader("10.0.0.2");
        second.join();
        assertThat(List.of(honest, third)).noneMatch(CompletableFuture::isDone);
    }

    @Test
    @DisplayName("When each address has as many places, then the first of all goes")
    void equal() {
        CompletableFuture<Void> first = reader("10.0.0.1");
        var _ = reader("10.0.0.2");
        var _ = reader("10.0.0.3");

        var _ = reader("10.0.0.4");
        first.join();
    }
}
