package dev.rebind.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Cause;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.SampleRecords;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.clients.ClientView;
import dev.rebind.report.Run;
import dev.rebind.report.SampleRun;
import dev.rebind.report.Summarizer;
import java.io.ByteArrayInputStream;
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
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PageTest {
    private static final Pattern PACK =
            Pattern.compile("<script type=\"application/gzip\" class=\"pack\">([A-Za-z0-9+/=]*)</script>");

    private static final String PAGE = page(SampleRecords.all());

    private static String page(List<CycleRecord> records) {
        return page(records, SampleRun.of(records));
    }

    /** With all that its script would build, where the packs were. */
    private static String page(List<CycleRecord> records, Run run) {
        return PACK.matcher(written(records, run))
                .replaceAll(pack -> Matcher.quoteReplacement(unpacked(pack.group(1))));
    }

    private static String unpacked(String pack) {
        try (var gzip =
                new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(pack)))) {
            return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String written(List<CycleRecord> records, Run run) {
        var summarizer = new Summarizer();
        var selection = new ShownCycles();
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
                .failed(1, evil, dev.rebind.diagnosis.Cause.unknown, new Blocking(evil, evil, evil, 1L, 1L, evil, 1))
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
                new RecordBuilder("r", 1)
                        .prevention("Had the old server set it.")
                        .build(),
                new RecordBuilder("r", 2).prevention("Had it been elsewhere.").build(),
                new RecordBuilder("r", 3)
                        .prevention("Had the old server set it.")
                        .build()));

        String list = between(page, "<ol class=\"remedies\">", "</ol>").replaceAll("<[^>]*>", "|");
        assertThat(list)
                .containsSubsequence("2 \u00D7", "Had the old server set it.", "1 \u00D7", "Had it been elsewhere.");
        assertThat(page(List.of(new RecordBuilder("r", 1).build()))).doesNotContain("remedies\">");
    }

    @Test
    @DisplayName("When cycles did not pass, then the page begins with each kind of failure, its cause and its remedy")
    void failuresFirst() {
        String page = page(List.of(
                new RecordBuilder("good", 1).build(),
                failing(1, "Had the old server set it."),
                failing(2, "Had the old server set it."),
                failing(3, "Had it been elsewhere.")));

        String top = between(page, "<section class=\"card failures\"", "</section>");
        assertThat(page.indexOf("card failures")).isLessThan(page.indexOf("<table"));
        assertThat(top.replaceAll("<[^>]*>", "|").replaceAll("\\|+", "|"))
                .containsSubsequence(
                        "Fail|",
                        "bad|: failed, cause |time_wait|, in 2 of 3 cycles.",
                        "The first: cycle 1",
                        "It failed 1.",
                        "Remedy: |Had the old server set it.",
                        "in 1 of 3 cycles.",
                        "Cycle 3",
                        "Remedy: |Had it been elsewhere.");
        assertThat(top).contains("href=\"#x1-1\"").doesNotContain("good");
        assertThat(page(List.of(new RecordBuilder("good", 1).build()))).doesNotContain("card failures");
    }

    private static CycleRecord failing(int cycle, String prevention) {
        return new RecordBuilder("bad", cycle)
                .failed(1, "bind", Cause.time_wait)
                .prevention(prevention)
                .judged(Verdict.Fail, "It failed " + cycle + ".", prevention)
                .build();
    }

    @Test
    @DisplayName("When a column is empty in every cycle, then it is not there")
    void emptyColumns() {
        String page = page(List.of(new RecordBuilder("one", 1).build(), new RecordBuilder("two", 1).build()));

        assertThat(between(page, "<table>", "</table>"))
                .contains("bound at once")
                .doesNotContain("failed binds", "downtime");
        assertThat(page).contains("no-downtime").doesNotContain("class=\"c-downtime\"");
        assertThat(PAGE).contains("class=\"c-downtime\"");
    }

    @Test
    @DisplayName("When a bind failed as expected, or passed in the end, then the words beside the verdict say so")
    void outcomes() {
        assertThat(PAGE)
                .contains(">failed, as expected: time_wait<", ">failed: ")
                .containsPattern(">bound after [0-9.]+ m?s and [0-9]+ tries: time_wait<")
                .doesNotContainPattern("c-outcome[^>]*>failed<");
    }

    @Test
    @DisplayName("When servers are named, then by their part in the cycle and not by numbers of which a cycle has two")
    void servers() {
        String page = page(List.of(new RecordBuilder("many", 300)
                .generations(599)
                .failed(10, "bind", Cause.time_wait, left(599), left(600), left(3))
                .build()));

        assertThat(page)
                .doesNotContainPattern("[Gg]enerations? ?[0-9]|>599<|>600<")
                .contains("old server</td>", "new server</td>", "earlier server</td>");
    }

    private static Blocking left(int generation) {
        return new Blocking("TIME_WAIT", "127.0.0.1:18080", "127.0.0.1:61812", 60_000L, null, null, generation);
    }

    @Test
    @DisplayName("When clients saw resets, then it is said where the sockets are counted that these left nothing")
    void resets() {
        String page = page(List.of(new RecordBuilder("resets", 1)
                .restarted("process", "server")
                .left(java.util.Map.of("TIME_WAIT", 1), java.util.Map.of())
                .downtime(5, new ClientView(50, 50, 49, 1, java.util.Map.of(), 0L))
                .build()));

        assertThat(page)
                .contains("TIME_WAIT 1. The clients saw 49 resets, and a reset leaves no socket.", "with unread data");
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
                .contains("<details class=\"cycle\" id=\"x0-1\"", "data-body=\"0.0\"")
                .contains("left by the old server, which ran without SO_REUSEADDR.")
                .contains("<strong>It would have bound at once had both servers set SO_REUSEADDR.</strong>")
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
                .doesNotContain("not run")
                .doesNotContain("SO_REUSEPORT");
    }

    @Test
    @DisplayName("When the truth table has SO_REUSEPORT too, then each pair of it has a table with its name")
    void truthTableWithReusePort() {
        assertThat(page(SampleRecords.truthTableWithReusePort()))
                .contains("<h3>SO_REUSEPORT off \u2192 off</h3>", "<h3>SO_REUSEPORT on \u2192 on</h3>")
                .contains("aria-label=\"Truth table SO_REUSEPORT off \u2192 on\"");
    }

    @Test
    @DisplayName("When there are five thousand cycles, then all are listed, and what is behind them is packed")
    void many() {
        List<CycleRecord> records = many(ShownCycles.MOST);
        String page = written(records, SampleRun.of(records));

        assertThat(page).doesNotContain("are listed").contains("id=\"x0-1\"", "id=\"x0-" + ShownCycles.MOST + "\"");
        // What is open from the start is written as it is; all the rest is 13 elements a cycle.
        assertThat(page.split("<", -1).length / 2).isLessThan(14 * ShownCycles.MOST);
        assertThat(page).hasSizeLessThan(5_000_000);
    }

    @Test
    @DisplayName("When there are more, then what did not pass is listed all the same, and it is said how many are")
    void tooMany() {
        String page = page(many(10_000));

        assertThat(page)
                .contains("Failed in cycle 5000.", "Failed in cycle 10000.")
                .contains("5,001 of 10,000 cycles are listed")
                .contains("All 10000 cycles, from the first to the last");
    }

    private static List<CycleRecord> many(int cycles) {
        var records = new ArrayList<CycleRecord>();
        for (int i = 1; i <= cycles; i++) {
            var record = new RecordBuilder("many", i)
                    .bound(100)
                    .downtime(i, new ClientView(1, 1, 0, 0, java.util.Map.of(), 0L));
            records.add((i % 5_000 == 0 ? record.judged(Verdict.Fail, "Failed in cycle " + i + ".") : record).build());
        }
        return records;
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
