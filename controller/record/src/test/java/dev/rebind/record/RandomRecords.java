package dev.rebind.record;

import dev.rebind.diagnosis.Cause;
import dev.rebind.record.clients.RequestCause;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/** Records of an experiment for property tests: every outcome, cause and verdict, in every combination. */
public final class RandomRecords {
    private RandomRecords() {}

    private enum Came {
        bound,
        failed,
        failedWithoutCause,
        withoutBind
    }

    private record Cycle(Came came, Cause cause, Verdict verdict, RequestCause lost, int requests) {
        CycleRecord record(String experiment, int number) {
            var record = new RecordBuilder(experiment, number);
            switch (came) {
                case bound -> record.bound(1);
                case failed -> record.failed(1, "bind", cause);
                case failedWithoutCause -> record.failed(1, "bind", null);
                case withoutBind -> record.broken("It could not be run.");
            }
            if (requests > 0) {
                boolean told = requests % 3 > 0;
                record.requests(
                        requests,
                        Map.of("refused", (long) requests / 2 + 1),
                        told ? Map.of(lost.name(), (long) requests / 2 + 1) : null);
            }
            return record.judged(verdict, "It was made up. Nothing of it happened.")
                    .build();
        }
    }

    /** From none to 30 records, numbered from 1. */
    public static Arbitrary<List<CycleRecord>> of(String experiment) {
        return Combinators.combine(
                        Arbitraries.of(Came.class),
                        Arbitraries.of(Cause.class),
                        Arbitraries.of(Verdict.class),
                        Arbitraries.of(RequestCause.class),
                        Arbitraries.integers().between(0, 9))
                .as(Cycle::new)
                .list()
                .ofMaxSize(30)
                .map(cycles -> IntStream.range(0, cycles.size())
                        .mapToObj(i -> cycles.get(i).record(experiment, i + 1))
                        .toList());
    }

    /** Numbers of planned cycles around what {@link #of} runs; null where a duration decides. */
    public static Arbitrary<@Nullable Integer> planned() {
        return Arbitraries.integers().between(1, 32).injectNull(0.2);
    }
}
