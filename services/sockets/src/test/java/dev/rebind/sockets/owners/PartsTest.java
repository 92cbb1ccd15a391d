package dev.rebind.sockets.owners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Work on parts of a list")
class PartsTest {
    private static List<Integer> numbers(int many) {
        return IntStream.range(0, many).boxed().toList();
    }

    @Test
    @DisplayName("has each element once, in the order of the list, by as many threads as there are parts")
    void whole() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        List<List<Integer>> parts = Parts.of(numbers(1_003), 10, part -> {
            threads.add(Thread.currentThread());
            return part;
        });
        assertThat(parts.stream().flatMap(List::stream)).containsExactlyElementsOf(numbers(1_003));
        assertThat(parts).hasSize(Math.min(4, Runtime.getRuntime().availableProcessors()));
        assertThat(threads).hasSameSizeAs(parts).contains(Thread.currentThread());
    }

    @Test
    @DisplayName("is done by the calling thread where the list is short or empty")
    void small() {
        assertThat(Parts.of(numbers(19), 10, _ -> Thread.currentThread())).containsExactly(Thread.currentThread());
        assertThat(Parts.of(numbers(0), 10, List::size)).containsExactly(0);
    }

    @Test
    @DisplayName("that fails is a failure of the whole")
    void fails() {
        assertThatThrownBy(() -> Parts.of(numbers(100), 10, part -> {
                    if (part.contains(99)) {
                        throw new IllegalArgumentException("no");
                    }
                    return part;
                }))
                .hasRootCauseMessage("no");
    }

    @Test
    @DisplayName("keeps an interrupt")
    void interrupted() {
        Thread.currentThread().interrupt();
        assertThat(Parts.of(numbers(100), 10, List::size).stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .isEqualTo(100);
        assertThat(Thread.interrupted()).isTrue();
    }
}
