package dev.rebind.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Cause;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.SampleRecords;
import dev.rebind.report.Run;
import dev.rebind.report.SampleRun;
import dev.rebind.report.Summarizer;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PageTest {
    private static final String PAGE = page(SampleRecords.all());

    private static String page(List<CycleRecord> records) {
        return page(records, SampleRun.of(records));
    }

    private static String page(List<CycleRecord> records, Run run) {
        var summarizer = new Summarizer();
        var selection = new Selection();
        records.forEach(summarizer::add);
        records.forEach(selection::add);
        var out = new StringWriter();
        try {
            Page.write(out, run, summarizer.summarize(run, Optional.empty()), selection);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toString();
    }

    private static String between(String page, String start, String end) {
        int from = page.indexOf(start) + start.length();
        return page.substring(from, page.indexOf(end, from));
    }

    @Test
    @DisplayName("When the page is opened, then its policy lets in its own style and script and nothing else")
    void policy() throws Exception {
        String policy =
                between(PAGE, "Content-Security-Policy\" content=\"", "\"").replace("&#39;", "'");

        assertThat(policy)
                .startsWith("default-src 'none'; ")
                .contains("style-src '" + hash(between(PAGE, "<style>", "</style>")) + "'")
                .contains("script-src '" + hash(between(PAGE, "<script>", "</script>")) + "'")
                .doesNotContain("unsafe", "http", "data:", "*");
        assertThat(PAGE).doesNotContain(" style=", " onclick=", " src=", "url(", "@import", "http://", "https://");
    }

    private static String hash(String text) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return "sha256-" + Base64.getEncoder().encodeToString(digest);
    }

    @Test
    @DisplayName("When names and sentences hold markup, then it is shown and not obeyed")
    void hostile() {
        String evil = "\"'><img src=x onerror=alert(1)></script></title></style><svg/onload=alert(2)>&#0;\u0000";
        CycleRecord record = new RecordBuilder(evil, 1)
                .named(evil)
                .restarted(evil, evil)
                .at(evil, 1)
                .failed(
                        1,
                        evil,
                        dev.rebind.diagnosis.Cause.unknown,
                        new CycleRecord.Blocking(evil, evil, evil, 1L, 1L, evil, 1))
                .releaseUnknown(evil)
                .prevention(evil)
                .warning(evil)
                .sample(1, "server", java.util.Map.of(evil, 1))
                .explained(evil)
                .build();
        Run run = new Run(
                RecordBuilder.STOPPED,
                RecordBuilder.STOPPED,
                true,
                List.of(new Run.Subject(evil, evil, evil, evil, 2, Phase.Completed)),
                new dev.rebind.report.Machine(
                        evil,
                        evil,
                        evil,
                        1,
                        null,
                        java.util.Map.of("net.ipv4.tcp_fin_timeout", evil),
                        evil,
                        evil,
                        evil));

        String page = page(List.of(record), run);

        assertThat(page).doesNotContain("<img", "<svg/", "\u0000").contains("&lt;img src=x onerror=alert(1)&gt;");
        assertThat(elements(page)).doesNotContain("img").contains("details", "svg");
        assertThat(page.split("<script>", -1)).hasSize(2);
        assertThat(page.split("</script>", -1)).hasSize(2);
    }

    @Test
    @DisplayName("When cycles ran in a cluster, then a table says what came of each network and restart")
    void networks() {
        String page = page(List.of(
                new RecordBuilder("net", 1)
                        .restarted("container", "server")
                        .inCluster("hostNetwork")
                        .failed(1, "bind", Cause.time_wait)
                        .build(),
                new RecordBuilder("net", 2)
                        .restarted("rollout", "server")
                        .inCluster("hostNetwork")
                        .build(),
                new RecordBuilder("net", 3)
                        .restarted("pod", "server")
                        .inCluster("pod")
                        .build(),
                new RecordBuilder("net", 4)
                        .restarted("pod", "server")
                        .inCluster("pod")
                        .failed(1, "bind", Cause.listener_old)
                        .build()));

        String table =
                between(page, "<table class=\"truth networks\">", "</table>").replaceAll("<[^>]*>", "|");
        assertThat(table.replaceAll("\\|+", "|")
                        .lines()
                        .map(line -> line.replaceAll("^\\||\\|$", ""))
                        .filter(line -> !line.isEmpty()))
                .containsExactly(
                        "network|container restarted|pod restarted|rolled out|hostNetwork|fails|0 bound, 1 failed|time_wait 1|not run|binds|1 bound, 0 failed",
                        "pod network|not run|sometimes|1 bound, 1 failed|listener_old 1|not run");
        assertThat(PAGE).doesNotContain("networks\">");
    }

    @Test
    @DisplayName("When several failures would have been prevented by the same, then it is said once, with how many")
    void remedies() {
        String page = page(List.of(
                new RecordBuilder("r", 1).prevention("Had generation 1 set it.").build(),
                new RecordBuilder("r", 2).prevention("Had it been elsewhere.").build(),
                new RecordBuilder("r", 3).prevention("Had generation 3 set it.").build()));

        String list = between(page, "<ol class=\"remedies\">", "</ol>").replaceAll("<[^>]*>", "|");
        assertThat(list)
                .containsSubsequence(
                        "2 \u00D7", "Had the old generation set it.", "1 \u00D7", "Had it been elsewhere.");
        assertThat(page(List.of(new RecordBuilder("r", 1).build()))).doesNotContain("remedies\">");
    }

    @Test
    @DisplayName("When the page is read, then every element is ended in its order, and every id is there once")
    void wellFormed() {
        elements(PAGE);
        List<String> ids = new ArrayList<>();
        Matcher id = Pattern.compile(" id=\"([^\"]*)\"").matcher(PAGE);
        while (id.find()) {
            ids.add(id.group(1));
        }
        assertThat(ids).doesNotHaveDuplicates();
        Matcher link = Pattern.compile("href=\"#([^\"]*)\"").matcher(PAGE);
        while (link.find()) {
            assertThat(ids).contains(link.group(1));
        }
    }

    /** All elements of the page; fails where they are not nested as they should be. */
    private static Set<String> elements(String page) {
        String body = page.replaceAll("(?s)<style>.*?</style>|<script>.*?</script>", "")
                .replace("<!doctype html>", "");
        Matcher tag = Pattern.compile("<(/?)([a-zA-Z0-9]+)[^>]*>").matcher(body);
        Deque<String> open = new ArrayDeque<>();
        var seen = new java.util.TreeSet<String>();
        while (tag.find()) {
            String element = tag.group(2);
            seen.add(element);
            if (!tag.group(1).isEmpty()) {
                assertThat(open.pop()).isEqualTo(element);
            } else if (!Set.of("meta", "input").contains(element)) {
                open.push(element);
            }
        }
        assertThat(open).isEmpty();
        return seen;
    }

    @Test
    @DisplayName(
            "When a bind failed, then its sentence, sockets, flags, prevention and both ends' close are on the page")
    void failure() {
        String page = page(List.of(SampleRecords.serverClosesFirst()));

        assertThat(page)
                .contains("<details class=\"cycle\" id=\"x0-1\"", "open=\"\"")
                .contains("left by generation 1, which ran without SO_REUSEADDR.")
                .contains("<strong>It would have bound at once had both generations set SO_REUSEADDR.</strong>")
                .contains(
                        "old off, new off", "127.0.0.1:61000", "and 12 more, in cycles.jsonl", "60.3 s to 62.3 s after")
                .contains("4 ACK", "release window")
                .contains("kind: RebindExperiment");
    }

    @Test
    @DisplayName("When a cell of the truth table is not as the rule has it, then both are in the table, and a link")
    void truthTable() {
        assertThat(page(SampleRecords.truthTable()))
                .contains("216 cells", "1 does not agree")
                .contains("seen: bound; rule: bind fails</a>")
                .doesNotContain("not run");
    }

    @Test
    @DisplayName(
            "When there are ten thousand cycles, then the page stays small, shows what did not pass and says what it left out")
    void many() {
        var records = new ArrayList<CycleRecord>();
        for (int i = 1; i <= 10_000; i++) {
            var record = new RecordBuilder("many", i)
                    .bound(100)
                    .downtime(i, new CycleRecord.ClientView(1, 1, 0, 0, java.util.Map.of(), 0L));
            records.add(
                    (i % 5_000 == 0 ? record.judged(CycleRecord.Verdict.Fail, "Failed in cycle " + i + ".") : record)
                            .build());
        }

        String page = page(records);

        assertThat(page)
                .hasSizeLessThan(200_000)
                .contains("Failed in cycle 5000.", "Failed in cycle 10000.")
                .contains("Shown one by one: 27 cycles of 10000")
                .contains("All 10000 cycles, from the first to the last");
    }

    @Test
    @DisplayName("When nothing was run, then the page says so")
    void nothing() {
        Run run = new Run(
                RecordBuilder.STOPPED,
                RecordBuilder.STOPPED,
                true,
                List.of(SampleRun.subject("one", 3)),
                SampleRun.MACHINE);

        assertThat(page(List.of(), run)).contains("No cycle was run.", "The run was interrupted", "0 of 3");
    }
}
