package dev.rebind.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CycleRecordBuilderTest {
    @Test
    @DisplayName(
            "When a builder is made from a record, then it makes an equal one: no fact is left out or changed for another")
    void equal() {
        assertThat(SampleRecords.all())
                .isNotEmpty()
                .allSatisfy(record -> assertThat(record.builder().build(record.verdict(), record.parts()))
                        .isEqualTo(record));
    }

    @Test
    @DisplayName("When there is little room, then a record has no timeline and the blocking sockets that it is given")
    void brief() {
        CycleRecord record = SampleRecords.serverClosesFirst();

        CycleRecord brief = record.brief(null);

        assertThat(brief.timeline()).isNull();
        assertThat(brief.blocking()).isNull();
        assertThat(brief.builder()
                        .timeline(record.timeline())
                        .blocking(record.blocking())
                        .build(record.verdict(), record.parts()))
                .isEqualTo(record);
    }

    @Test
    @DisplayName("When it is not said where a cycle ran, then there is no record of it")
    void nowhere() {
        assertThatNullPointerException()
                .isThrownBy(() -> new CycleRecordBuilder("made-up", 1)
                        .way("process", "server")
                        .build(Verdict.Pass, Sentence.of(List.of("It was bound."))))
                .withMessage("backend");
    }
}
