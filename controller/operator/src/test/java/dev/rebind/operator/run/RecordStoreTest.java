package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.SampleRecords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
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
        assertThat(store.uncounted(FIRST, CountedCycles.NONE)).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    @DisplayName("When a controller goes on with an experiment, then its records follow those of the one before")
    void goesOn() throws Exception {
        CycleRecord one = SampleRecords.waitItOut(1);
        CycleRecord two = SampleRecords.waitItOut(2);
        write(FIRST, one);
        write(FIRST, two);
        assertThat(new RecordStore(folder).uncounted(FIRST, CountedCycles.NONE)).containsExactly(one, two);
        assertThat(new RecordStore(folder).file(FIRST)).isEqualTo(folder.resolve("shop/restart/1-1.jsonl"));
    }

    @Test
    @DisplayName("When an experiment is deleted and made again, then the new one does not have the old one's records")
    void sameName() throws Exception {
        write(FIRST, SampleRecords.reset());
        assertThat(new RecordStore(folder).uncounted(AGAIN, CountedCycles.NONE)).isEmpty();
    }

    @Test
    @DisplayName(
            "When a controller died in the middle of a write, then the next one takes the torn line away and goes on")
    void torn() throws Exception {
        var store = new RecordStore(folder);
        write(FIRST, SampleRecords.waitItOut(1));
        Files.writeString(store.file(FIRST), "{\"experiment\":\"wait", StandardOpenOption.APPEND);

        try (RecordWriter writer = store.writer(FIRST)) {
            assertThat(store.uncounted(FIRST, CountedCycles.NONE)).containsExactly(SampleRecords.waitItOut(1));
            writer.write(SampleRecords.waitItOut(2));
        }
        assertThat(store.uncounted(FIRST, CountedCycles.NONE))
                .containsExactly(SampleRecords.waitItOut(1), SampleRecords.waitItOut(2));
    }

    @Test
    @DisplayName(
            "When some of the stored cycles are counted, then the others are found, and a torn last line is none of them")
    void uncounted() throws Exception {
        var store = new RecordStore(folder);
        for (int cycle = 1; cycle <= 5; cycle++) {
            write(FIRST, SampleRecords.waitItOut(cycle));
        }
        Files.writeString(store.file(FIRST), "{\"experiment\":\"wait", StandardOpenOption.APPEND);

        assertThat(store.uncounted(FIRST, new CountedCycles(2, Set.of(4))))
                .containsExactly(SampleRecords.waitItOut(3), SampleRecords.waitItOut(5));
    }

    private void write(ExperimentKey key, CycleRecord record) throws Exception {
        try (RecordWriter writer = new RecordStore(folder).writer(key)) {
            writer.write(record);
        }
    }
}
