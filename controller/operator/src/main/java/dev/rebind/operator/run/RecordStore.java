package dev.rebind.operator.run;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordReader;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.RecordingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Keeps all records of all experiments, a file for each: {@code NAMESPACE/NAME/UID.jsonl}. */
public final class RecordStore {
    private final Path folder;

    public RecordStore(Path folder) {
        this.folder = folder;
    }

    /** Where the records of an experiment are; the file is there once it has one. */
    public Path file(ExperimentKey experiment) {
        return folder.resolve(experiment.namespace()).resolve(experiment.name()).resolve(experiment.uid() + ".jsonl");
    }

    /** All of its records in the order of their cycles; empty when it has none, or none here. */
    public List<CycleRecord> records(ExperimentKey experiment) throws RecordingException {
        Path file = file(experiment);
        return Files.exists(file) ? RecordReader.read(file).records() : List.of();
    }

    /** Opens its file to go on with. */
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
