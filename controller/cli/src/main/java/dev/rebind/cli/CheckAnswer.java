package dev.rebind.cli;

import dev.rebind.agent.command.CommandReport;
import dev.rebind.diagnosis.text.table.Aligned;
import dev.rebind.diagnosis.text.table.Sheet;
import dev.rebind.diagnosis.text.table.Wrap;
import dev.rebind.record.Comeback;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordReader;
import dev.rebind.record.RecordingException;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.clients.RequestTotals;
import dev.rebind.report.Amounts;
import dev.rebind.report.RequestWords;
import dev.rebind.report.Summary;
import dev.rebind.report.folder.ReportFolder;
import dev.rebind.report.terminal.Terminal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/** The final answer of {@code rebind check}: a table with a row for each way of stopping, what was seen of the server, and one verdict. */
final class CheckAnswer {
    private static final List<Sheet.Column> COLUMNS = List.of(
            Sheet.Column.titled("Way", 13),
            Sheet.Column.of("Comes back", 20),
            Sheet.Column.of("Stop to bound", 0),
            Sheet.Column.of("Downtime", 10),
            Sheet.Column.of("Cause", 14),
            Sheet.Column.of("Lost by the clients", 0));

    private static final String NOTHING = "-";
    private final List<String> command;
    private final int port;
    private final boolean held;
    private final Duration timeWait;

    /**
     * @param held whether the clients only hold connections and send no requests
     * @param timeWait how long the kernel keeps a socket in TIME_WAIT
     */
    CheckAnswer(List<String> command, int port, boolean held, Duration timeWait) {
        this.held = held;
        this.timeWait = timeWait;
        this.command = command;
        this.port = port;
    }

    void print(Terminal terminal, Path folder, Summary summary) throws RecordingException {
        List<CycleRecord> records = new ArrayList<>();
        RecordReader.forEach(folder.resolve(ReportFolder.CYCLES), records::add);
        terminal.out().println();
        lines(records, terminal.lineWidth()).forEach(line -> terminal.out().println(Terminal.printable(line)));
        if (summary.interrupted()) {
            terminal.out().println("The check was ended before all that was planned had been done.");
        }
        Results.printReport(terminal, folder);
    }

    /**
     * Returns the lines of the answer.
     *
     * @param width longest line in characters, or {@link Sheet#ENDLESS}
     */
    List<String> lines(List<CycleRecord> records, int width) {
        var lines = new ArrayList<String>();
        lines.add(String.join(" ", command) + " on port " + port);
        lines.add("");
        Map<String, List<CycleRecord>> ways = new LinkedHashMap<>();
        records.forEach(record -> ways.computeIfAbsent(record.experiment(), _ -> new ArrayList<>())
                .add(record));
        List<Sheet.Entry> rows = ways.entrySet().stream()
                .map(way -> row(way.getKey(), way.getValue()))
                .toList();
        lines.addAll(new Sheet(Aligned.GAP, Aligned.GAP, COLUMNS, rows).lines(width));
        lines.add("");
        lines.addAll(new CheckFindings(records, port, held).lines());
        lines.add("Verdict: " + verdict(records));
        return lines.stream()
                .flatMap(line -> Wrap.indented(line, width).stream())
                .toList();
    }

    private Sheet.Entry row(String way, List<CycleRecord> its) {
        CycleRecord worst = Comeback.worst(its);
        String title = its.size() == 1 ? way : way + " x" + its.size();
        return new Sheet.Entry(
                title,
                List.of(
                        title,
                        words(Comeback.of(worst)),
                        stopToBound(its),
                        downtime(its),
                        worst.cause() == null ? NOTHING : worst.cause().name(),
                        lost(its)),
                List.of());
    }

    /** The longest time from the order to stop until the server was bound. */
    private static String stopToBound(List<CycleRecord> its) {
        return its.stream()
                .flatMap(record -> record.stopToBound().stream())
                .max(Duration::compareTo)
                .map(longest -> Amounts.duration((double) longest.toMillis()))
                .orElse(NOTHING);
    }

    /**
     * The longest downtime that clients saw. It is followed by the sum of a cycle's downtimes where there were several, and by the time
     * during which new connections were refused where that was longer.
     */
    private static String downtime(List<CycleRecord> its) {
        String clients = its.stream()
                .map(CycleRecord::downtimeMs)
                .filter(Objects::nonNull)
                .max(Double::compare)
                .map(Amounts::duration)
                .orElse(NOTHING);
        OptionalDouble fresh = its.stream()
                .map(CycleRecord::refusedForLonger)
                .flatMapToDouble(OptionalDouble::stream)
                .max();
        OptionalDouble all = its.stream()
                .map(CycleRecord::downtimeInAll)
                .flatMapToDouble(OptionalDouble::stream)
                .max();
        return clients
                + (all.isEmpty() ? "" : ", " + Amounts.duration(all.getAsDouble()) + " in all")
                + (fresh.isEmpty() ? "" : ", " + Amounts.duration(fresh.getAsDouble()) + " for new connections");
    }

    /** What the clients lost in all cycles together. */
    private String lost(List<CycleRecord> its) {
        long resets = 0;
        long ends = 0;
        var refused = new LinkedHashMap<String, Long>();
        RequestTotals requests = RequestTotals.NONE;
        for (CycleRecord record : its) {
            ClientView view = record.clients();
            if (view == null) {
                continue;
            }
            if (view.requests() != null && !held) {
                // With requests, a lost connection is counted as a failed request.
                requests = requests.plus(RequestTotals.of(view.requests()));
                continue;
            }
            resets += view.resets();
            ends += view.ends();
            view.failedConnects().forEach((errno, count) -> refused.merge(errno, count, Long::sum));
        }
        var parts = new ArrayList<String>();
        requests.failedByCause()
                .forEach((why, count) ->
                        parts.add(Amounts.count(count, "request", "requests") + " " + RequestWords.words(why)));
        if (resets > 0) {
            parts.add(Amounts.count(resets, "connection", "connections") + " reset");
        }
        if (ends > 0) {
            parts.add(Amounts.count(ends, "connection", "connections") + " closed");
        }
        refused.forEach(
                (errno, count) -> parts.add(Amounts.count(count, "connect", "connects") + " failed with " + errno));
        return parts.isEmpty() ? NOTHING : String.join(", ", parts);
    }

    private static String words(Comeback comeback) {
        return switch (comeback) {
            case Comeback.AtOnce _ -> "at once";
            case Comeback.After(Duration after) -> "after " + Amounts.duration((double) after.toMillis());
            case Comeback.Never _ -> "does not come back";
            case Comeback.Beside _ -> "beside the old one";
            case Comeback.NotBeside _ -> "not beside it";
            case Comeback.Unserved _ -> "does not serve";
            case Comeback.EndedAgain _ -> "ends again";
            case Comeback.NotKnown _ -> "not known";
        };
    }

    private String verdict(List<CycleRecord> records) {
        if (records.isEmpty()) {
            return "not known: no restart was carried out.";
        }
        CycleRecord worst = Comeback.worst(records);
        return switch (Comeback.of(worst)) {
            case Comeback.AtOnce _ ->
                "comes back at once"
                        + (records.stream().anyMatch(CheckFindings::isShared)
                                ? ", and shares its clients with processes of its former run."
                                : CheckFindings.isUntried(records)
                                        ? " in these restarts, which left nothing on its port. Without SO_REUSEADDR, a connection"
                                                + " that it closes first keeps the port for "
                                                + timeWait.toSeconds() + " s."
                                        : ".");
            case Comeback.After(Duration after) ->
                "comes back after " + Amounts.duration((double) after.toMillis())
                        + (worst.cause() == null ? "" : " (" + worst.cause() + ", " + worst.experiment() + ")") + ".";
            case Comeback.Never _ ->
                "does not come back"
                        + (worst.cause() == null ? "" : " (" + worst.cause() + ", " + worst.experiment() + ")") + ".";
            case Comeback.Beside _ -> "a new run binds beside the old one; a rolling restart keeps the port served.";
            case Comeback.NotBeside _ ->
                "a new run cannot bind while the old one listens"
                        + (worst.cause() == null ? "" : " (" + worst.cause() + ", " + worst.experiment() + ")")
                        + "; end the old one first.";
            case Comeback.Unserved(Comeback bound) ->
                "does not come back: it binds " + words(bound) + ", and does not serve its clients ("
                        + worst.experiment() + ").";
            case Comeback.EndedAgain(Comeback bound, int exitCode) ->
                "does not come back: it binds " + words(bound) + ", and ends by itself with "
                        + CommandReport.ending(exitCode) + " (" + worst.experiment() + ").";
            case Comeback.NotKnown _ -> "not known (" + worst.experiment() + ").";
        };
    }
}
