package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.SampleRecords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordStoreTest {
    private static final ExperimentKey FIRST = new ExperimentKey("shop", "restart", "1-1");
    private static final ExperimentKey AGAIN = new ExperimentKey("shop", "restart", "2-2");

    @TempDir
    Path folder;

    @Test
    @DisplayName("When an experiment has no records here, then there are none, and no file is made")
    void missing() throws Exception {
        var store = new RecordStore(folder);
        assertThat(store.records(FIRST)).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    @DisplayName("When a controller goes on with an experiment, then its records follow those of the one before")
    void goesOn() throws Exception {
        CycleRecord one = SampleRecords.waitItOut(1);
        CycleRecord two = SampleRecords.waitItOut(2);
        write(FIRST, one);
        write(FIRST, two);
        assertThat(new RecordStore(folder).records(FIRST)).containsExactly(one, two);
        assertThat(new RecordStore(folder).file(FIRST)).isEqualTo(folder.resolve("shop/restart/1-1.jsonl"));
    }

    @Test
    @DisplayName("When an experiment is deleted and made again, then the new one does not have the old one's records")
    void sameName() throws Exception {
        write(FIRST, SampleRecords.reset());
        assertThat(new RecordStore(folder).records(AGAIN)).isEmpty();
    }

    @Test
    @DisplayName(
            "When a controller died in the middle of a write, then the next one takes the torn line away and goes on")
    void torn() throws Exception {
        var store = new RecordStore(folder);
        write(FIRST, SampleRecords.waitItOut(1));
        Files.writeString(store.file(FIRST), "{\"experiment\":\"wait", StandardOpenOption.APPEND);

        try (RecordWriter writer = store.writer(FIRST)) {
            assertThat(store.records(FIRST)).containsExactly(SampleRecords.waitItOut(1));
            writer.write(SampleRecords.waitItOut(2));
        }
        assertThat(store.records(FIRST)).containsExactly(SampleRecords.waitItOut(1), SampleRecords.waitItOut(2));
    }

    private void write(ExperimentKey key, CycleRecord record) throws Exception {
        try (RecordWriter writer = new RecordStore(folder).writer(key)) {
            writer.write(record);
        }
    }
}
