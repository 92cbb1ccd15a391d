package dev.rebind.report.compare;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordReader;
import dev.rebind.record.RecordingException;
import dev.rebind.record.Totals;
import dev.rebind.record.Verdict;
import dev.rebind.report.folder.ReportFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects the measured values of the cycles of one experiment. Not safe for use by several threads. */
public final class Measurements {
    private Totals totals = Totals.NONE;
    private final List<Double> restarts = new ArrayList<>();
    private final List<Double> downtimes = new ArrayList<>();
    private final List<Double> failedRequests = new ArrayList<>();

    /**
     * The experiments of a report, in the order in which they ran.
     *
     * @param texts the YAML of each experiment, where it is known
     * @param torn what is wrong with the end of the record file; empty when the file is complete
     */
    public record Report(Map<String, Measured> experiments, Map<String, String> texts, Optional<String> torn) {
        public Report {
            texts = Map.copyOf(texts);
            experiments = Collections.unmodifiableMap(new LinkedHashMap<>(experiments));
        }
    }

    /**
     * The values of one experiment. Each list has one value for each cycle that measured it, in no particular order.
     *
     * @param restartsMs time from the order to stop until the new generation was bound
     * @param downtimesMs time without service as clients saw it
     * @param failedRequests number of requests that failed
     */
    public record Measured(
            Totals totals, List<Double> restartsMs, List<Double> downtimesMs, List<Double> failedRequests) {
        public Measured {
            restartsMs = List.copyOf(restartsMs);
            downtimesMs = List.copyOf(downtimesMs);
            failedRequests = List.copyOf(failedRequests);
        }

        /** The gravest verdict of the cycles. A record does not say how many cycles were planned, so missing cycles do not count. */
        Verdict verdict() {
            return totals.verdict(null, Phase.Completed);
        }
    }

    /** Starts without any values. */
    public Measurements() {}

    /**
     * Reads the records of a run.
     *
     * @param report the folder of the report, or its {@code cycles.jsonl}
     * @throws RecordingException when the records cannot be read
     */
    public static Report read(Path report) throws RecordingException {
        var experiments = new LinkedHashMap<String, Measurements>();
        Path file = Files.isDirectory(report) ? report.resolve(ReportFolder.CYCLES) : report;
        Optional<String> torn = RecordReader.forEach(
                file,
                record -> experiments
                        .computeIfAbsent(record.experiment(), _ -> new Measurements())
                        .add(record));
        var measured = new LinkedHashMap<String, Measured>();
        experiments.forEach((name, of) -> measured.put(name, of.measured()));
        Path folder = Files.isDirectory(report) ? report : file.toAbsolutePath().getParent();
        var texts = new LinkedHashMap<String, String>();
        if (folder != null) {
            ReportFolder.subjects(folder).forEach(subject -> texts.put(subject.name(), subject.yaml()));
        }
        return new Report(measured, texts, torn);
    }

    public void add(CycleRecord record) {
        totals = totals.plus(record);
        record.stopToBound().ifPresent(took -> restarts.add(took.toNanos() / 1e6));
        if (record.downtimeMs() != null) {
            downtimes.add(record.downtimeMs());
        }
        if (record.clients() != null && record.clients().requests() != null) {
            failedRequests.add(record.clients().requests().failed().values().stream()
                    .mapToDouble(Long::doubleValue)
                    .sum());
        }
    }

    public Measured measured() {
        return new Measured(totals, restarts, downtimes, failedRequests);
    }
}
