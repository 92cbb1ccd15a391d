package dev.rebind.operator.run;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordReader;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.RecordingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Stores all records of all experiments, one file for each: {@code NAMESPACE/NAME/UID.jsonl}. */
public final class RecordStore {
    private final Path folder;

    public RecordStore(Path folder) {
        this.folder = folder;
    }

    /** Returns the file of an experiment's records. The file exists once a writer has been opened for it. */
    public Path file(ExperimentKey experiment) {
        return folder.resolve(experiment.namespace()).resolve(experiment.name()).resolve(experiment.uid() + ".jsonl");
    }

    /**
     * Returns the stored records of cycles that are not counted, in the order of the file. Reads one record after the
     * other, because the files of long runs may not fit into memory.
     */
    List<CycleRecord> uncounted(ExperimentKey experiment, CountedCycles counted) throws RecordingException {
        Path file = file(experiment);
        if (!Files.exists(file)) {
            return List.of();
        }
        var found = new ArrayList<CycleRecord>();
        var _ = RecordReader.forEach(file, record -> {
            if (!counted.has(record.cycle())) {
                found.add(record);
            }
        });
        return found;
    }

    /** Opens the experiment's file to append records. */
    public RecordWriter writer(ExperimentKey experiment) throws RecordingException {
        Path file = file(experiment);
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw RecordingException.cannotWrite(file, e);
        }
        return RecordWriter.append(file);
    }
}
