package dev.rebind.e2e.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Requests that changed something, by resource, as the API server counts them in {@code apiserver_request_total}: those of the whole cluster. */
public record ApiWrites(Map<String, Double> byResource) {
    /** What is written for a cycle. */
    private static final List<String> OF_EXPERIMENTS = List.of("rebindexperiments", "events");

    private static final List<String> CHANGES = List.of("PUT", "POST", "PATCH", "APPLY", "DELETE");
    private static final Pattern SERIES =
            Pattern.compile("^apiserver_request_total\\{(.*)} (\\S+)$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    public ApiWrites {
        byResource = Map.copyOf(byResource);
    }

    /** Those so far. */
    public static ApiWrites soFar() {
        return read(Cluster.raw("/metrics").orElse(""));
    }

    static ApiWrites read(String metrics) {
        Map<String, Double> found = new HashMap<>();
        SERIES.matcher(metrics).results().forEach(series -> {
            Map<String, String> labels = new HashMap<>();
            LABEL.matcher(series.group(1)).results().forEach(label -> labels.put(label.group(1), label.group(2)));
            if (CHANGES.contains(labels.getOrDefault("verb", ""))) {
                found.merge(labels.getOrDefault("resource", ""), Double.parseDouble(series.group(2)), Double::sum);
            }
        });
        return new ApiWrites(found);
    }

    /** Those since an earlier moment. */
    public ApiWrites since(ApiWrites earlier) {
        Map<String, Double> fresh = new HashMap<>();
        byResource.forEach((resource, count) -> {
            double more = count - earlier.of(resource);
            if (more > 0) {
                fresh.put(resource, more);
            }
        });
        return new ApiWrites(fresh);
    }

    /** Of experiments and of events. */
    public double ofExperiments() {
        return OF_EXPERIMENTS.stream().mapToDouble(this::of).sum();
    }

    public double of(String resource) {
        return byResource.getOrDefault(resource, 0.0);
    }
}
