package dev.rebind.bench;

import java.util.ArrayList;
import java.util.List;

/** The values of one measurement, one for each round. */
final class Samples {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    /** Adds the time since {@code beganNanos}, a value of {@link System#nanoTime()}, in milliseconds. */
    void since(long beganNanos) {
        add((System.nanoTime() - beganNanos) / 1e6);
    }

    Figure figure() {
        List<Double> sorted = values.stream().sorted().toList();
        return new Figure(sorted.getFirst(), median(sorted), sorted.getLast(), sorted.size());
    }

    double mean() {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** Returns the median of this value divided by the peer's, round by round. */
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

    /** Median by nearest rank, as in reports. */
    private static double median(List<Double> sorted) {
        return sorted.get((sorted.size() - 1) / 2);
    }
}
