package dev.rebind.sockets.release;

import java.util.OptionalLong;

/** Which of two releases comes later. Pure. */
final class Releases {
    private Releases() {}

    static Release later(Release a, Release b) {
        return switch (a) {
            case Release.Free _ -> b;
            case Release.Held held -> held;
            case Release.Unbounded unbounded -> b instanceof Release.Held ? b : unbounded;
            case Release.Window first ->
                switch (b) {
                    case Release.Free _ -> first;
                    case Release.Held held -> held;
                    case Release.Unbounded unbounded -> unbounded;
                    case Release.Window second -> both(first, second);
                };
        };
    }

    private static Release.Window both(Release.Window first, Release.Window second) {
        return new Release.Window(
                Math.max(first.earliestNanos(), second.earliestNanos()),
                Math.max(first.latestNanos(), second.latestNanos()),
                point(first, second),
                first.caveat().isEmpty() ? second.caveat() : first.caveat());
    }

    /** Where only one of the two has a point, it is that of both if the other is over before. */
    private static OptionalLong point(Release.Window first, Release.Window second) {
        if (first.predictedNanos().isPresent() && second.predictedNanos().isPresent()) {
            return OptionalLong.of(Math.max(
                    first.predictedNanos().getAsLong(), second.predictedNanos().getAsLong()));
        }
        if (first.predictedNanos().isPresent() && second.latestNanos() <= first.earliestNanos()) {
            return first.predictedNanos();
        }
        if (second.predictedNanos().isPresent() && first.latestNanos() <= second.earliestNanos()) {
            return second.predictedNanos();
        }
        return OptionalLong.empty();
    }
}
