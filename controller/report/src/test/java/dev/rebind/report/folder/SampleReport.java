package dev.rebind.report.folder;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordingException;
import dev.rebind.report.SampleRun;
import dev.rebind.report.Summary;
import java.nio.file.Path;
import java.util.List;

/** Writes whole reports of made-up records. */
public final class SampleReport {
    private SampleReport() {}

    public static Summary write(Path folder, List<CycleRecord> records) throws RecordingException {
        try (ReportFolder report = ReportFolder.open(folder)) {
            for (CycleRecord record : records) {
                report.records().write(record);
            }
            return report.finish(SampleRun.of(records));
        }
    }
}
