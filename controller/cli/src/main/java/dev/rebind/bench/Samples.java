package dev.rebind.bench;

import java.util.ArrayList;
import java.util.List;

/** One value for each round. */
final class Samples {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    /** Adds, in milliseconds, the time since {@code beganNanos}, {@link System#nanoTime()}. */
    void since(long beganNanos) {
        add((System.nanoTime() - beganNanos) / 1e6);
    }

    Figure figure() {
        List<Double> sorted = values.stream().sorted().toList();
        return new Figure(sorted.getFirst(), median(sorted), sorted.getLast(), sorted.size());
    }

    /** The median of the ratios, round by round. */
    double over(Samples peer) {
        if (values.size() != peer.values.size()) {
            throw new IllegalStateException("rounds without their peer: " + values.size() + ", " + peer.values.size());
        }
        var ratios = new ArrayList<Double>();
        for (int round = 0; round < values.size(); round++) {
            ratios.add(values.get(round) / peer.values.get(round));
        }
        return median(ratios.stream().sorted().toList());
    }

    private static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
