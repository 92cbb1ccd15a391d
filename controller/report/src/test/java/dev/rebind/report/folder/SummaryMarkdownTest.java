package dev.rebind.report.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.SampleRecords;
import dev.rebind.record.Verdict;
import dev.rebind.record.clients.ClientView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryMarkdownTest {
    @TempDir
    Path temporary;

    private String of(List<CycleRecord> records) throws Exception {
        SampleReport.write(temporary.resolve("report"), records);
        return Files.readString(temporary.resolve("report").resolve(ReportFolder.MARKDOWN));
    }

    @Test
    @DisplayName("When all passed, then there is a row for each experiment and no sentence")
    void passed() throws Exception {
        CycleRecord record = SampleRecords.serverClosesFirst();

        String text = of(List.of(record));

        assertThat(text)
                .startsWith("## Rebind: Pass\n\n1 experiment, 1 cycle in 71.0 s.\n")
                .contains("| " + record.experiment() + " | Pass | 1 | 0 | 1 `time_wait` |")
                .contains("| bound at once |", "| stop to bound, median | longest | downtime, median | longest |")
                .contains("| `net.ipv4.tcp_fin_timeout` | 60 |")
                .doesNotContain("What did not pass", "null");
    }

    @Test
    @DisplayName("When clients sent requests, then the table says how many failed, by cause")
    void requests() throws Exception {
        CycleRecord record = new RecordBuilder("web", 1)
                .requests(20, Map.of("refused", 5L), Map.of("refused_while_nobody_listened", 4L, "unknown", 1L))
                .build();

        assertThat(of(List.of(record, new RecordBuilder("held", 1).build())))
                .contains("| longest | requests that failed, by cause |\n")
                .contains("| 5 of 20: 4 `refused_while_nobody_listened`, 1 `unknown` |\n")
                .containsPattern("\\| held \\|.*\\|  \\|\n");
    }

    @Test
    @DisplayName("When no client measured a downtime, then the time until the bind stands in its own column alone")
    void names() throws Exception {
        assertThat(of(List.of(new RecordBuilder("client-first", 1)
                        .restarted("process", "client")
                        .bound(1_200)
                        .build())))
                .contains("| client-first | Pass | 1 | 1 |  | 1.20 s | 1.20 s | | |\n")
                .contains("Stop to bound: from the order to stop until the new server was bound.");
    }

    @Test
    @DisplayName("When new connections were refused for longer than the downtime, then that is said beside the table")
    void newConnections() throws Exception {
        var clients = new ClientView(5, 100, 0, 5, Map.of(), null);
        CycleRecord drains = new RecordBuilder("stop", 1)
                .downtime(0, clients)
                .unlistened(5_290)
                .build();
        CycleRecord plain = new RecordBuilder("kill", 1)
                .downtime(700, clients)
                .unlistened(500)
                .build();

        assertThat(of(List.of(drains, plain)))
                .contains("| 0.0 ms |", "new connections were refused: stop up to 5.29 s.");
    }

    @Test
    @DisplayName(
            "When few sockets are left of many connections, or downtimes lie far apart, then it is explained once an experiment")
    void surprising() throws Exception {
        CycleRecord reset = new RecordBuilder("stop", 1)
                .left(Map.of("TIME_WAIT", 1), Map.of())
                .downtime(200, new ClientView(50, 100, 49, 1, Map.of(), null))
                .build();
        CycleRecord slow = new RecordBuilder("stop", 2)
                .left(Map.of("TIME_WAIT", 1), Map.of())
                .downtime(10_900, new ClientView(50, 100, 49, 1, Map.of(), null))
                .build();
        CycleRecord plain = new RecordBuilder("plain", 1)
                .downtime(200, new ClientView(1, 100, 0, 1, Map.of(), null))
                .build();

        assertThat(of(List.of(reset, slow, plain)))
                .containsOnlyOnce("- stop: A downtime is the time that the old server takes to stop")
                .containsOnlyOnce(
                        "- stop: Left on the port in cycle 1: TIME\\_WAIT 1. The clients saw 49 resets, and a reset leaves no socket.")
                .doesNotContain("- plain: ");
    }

    @Test
    @DisplayName("When text has markup in it, then it is shown as it was written, on one line")
    void markup() throws Exception {
        CycleRecord record = new RecordBuilder("a|b", 1)
                .judged(Verdict.Fail, "1 < 2 & *2*\n| @all `x` #1 <b>")
                .build();

        assertThat(of(List.of(record)))
                .startsWith("## Rebind: Fail\n")
                .contains("| a\\|b | Fail | 1 |")
                .contains("- **a\\|b, cycle 1** (Fail): 1 \\< 2 &amp; \\*2\\* \\| &#64;all \\`x\\` &#35;1 \\<b\\>\n");
    }

    @Test
    @DisplayName("When many did not pass, then the first are shown, the others counted, and it fits into a comment")
    void many() throws Exception {
        String sentence = "\uD83D\uDE00 sentence ".repeat(200);
        List<CycleRecord> records = IntStream.rangeClosed(1, 500)
                .mapToObj(cycle -> new RecordBuilder("many-" + cycle % 150, cycle)
                        .judged(Verdict.Fail, sentence)
                        .build())
                .toList();

        String text = of(records);

        assertThat(text.lines().filter(line -> line.startsWith("- **")).count()).isEqualTo(SummaryMarkdown.MOST_CYCLES);
        assertThat(text)
                .contains("480 more are in `cycles.jsonl`.", "The other 50 are in `summary.json`.")
                .hasSizeLessThan(65_536);
    }
}
