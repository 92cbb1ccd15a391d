package dev.rebind.e2e.cluster;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.record.CycleRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** All records that a status ever showed, by cycle: a cycle that is counted twice has two of them. */
public final class Watched {
    private final SortedMap<Integer, CycleRecord> records = new TreeMap<>();
    private final List<String> twice = new ArrayList<>();
    private int most;

    public void see(ExperimentStatus status) {
        int count = status.cycles().done();
        if (count < most) {
            twice.add("status.cycles.done went from " + most + " to " + count);
        }
        most = Math.max(most, count);
        for (CycleRecord record : status.records()) {
            CycleRecord known = records.computeIfAbsent(record.cycle(), _ -> record);
            if (!Objects.equals(known.stoppedAt(), record.stoppedAt())
                    || !known.explanation().equals(record.explanation())) {
                twice.add(
                        "cycle " + record.cycle() + " began at " + known.stoppedAt() + " and at " + record.stoppedAt());
            }
        }
    }

    /** What shows that a cycle was counted twice, or that one was lost. */
    public List<String> twice() {
        return List.copyOf(twice);
    }

    public SortedMap<Integer, CycleRecord> records() {
        return records;
    }
}
