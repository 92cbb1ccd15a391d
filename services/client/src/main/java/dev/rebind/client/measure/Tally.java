package dev.rebind.client.measure;

import java.util.HashMap;
import java.util.Map;

/** The counts since the last mark. Not for several threads. */
public final class Tally {
    public long answers;
    public long unexpected;
    public long connects;
    public long selfConnects;
    public long resets;
    public long ends;
    public long bytesSent;
    public long bytesReceived;
    public long requestsLost;
    public long bytesLost;

    private final Map<Integer, Long> generations = new HashMap<>();
    private final Map<String, Long> failedConnects = new HashMap<>();
    private final Map<String, Long> broken = new HashMap<>();

    public void generation(int generation, long answers) {
        generations.merge(generation, answers, Long::sum);
    }

    public void failedConnect(String errno) {
        failedConnects.merge(errno, 1L, Long::sum);
    }

    public void broken(String errno) {
        broken.merge(errno, 1L, Long::sum);
    }

    public Map<Integer, Long> generations() {
        return Map.copyOf(generations);
    }

    public Map<String, Long> failedConnects() {
        return Map.copyOf(failedConnects);
    }

    public Map<String, Long> broken() {
        return Map.copyOf(broken);
    }
}
