package dev.rebind.report.page;

import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.Sentence;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.Beside;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.Expected;
import dev.rebind.record.bind.RecordedRemedy;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.clients.RequestView;
import dev.rebind.record.server.Program;
import dev.rebind.report.Amounts;
import dev.rebind.report.LeftWords;
import dev.rebind.report.Markup;
import dev.rebind.report.RequestWords;
import dev.rebind.report.drawing.ReleaseSvg;
import dev.rebind.report.drawing.Segments;
import dev.rebind.report.drawing.SegmentsSvg;
import dev.rebind.report.drawing.Timeline;
import dev.rebind.report.drawing.TimelineSvg;
import dev.rebind.sockets.options.SocketOptions;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Writes the details of a cycle, which the page hides until its line is opened. */
final class CycleBody {
    private static final int MOST_SOCKETS = 8;

    private final Markup html;
    private final CycleRecord cycle;

    CycleBody(Markup html, CycleRecord cycle) {
        this.html = html;
        this.cycle = cycle;
    }

    void write() throws IOException {
        remedies();
        words();
        drawings();
        html.start("div", "class", "pair");
        Optional<Segments> segments = Segments.of(cycle);
        if (segments.isPresent()) {
            html.start("div").leaf("h3", "How far the close has come, by the states of both ends");
            SegmentsSvg.write(html, segments.get());
            html.end("div");
        }
        html.start("div");
        facts();
        html.end("div").end("div");
        if (cycle.blocking() != null && !cycle.blocking().isEmpty()) {
            blocking(cycle.blocking());
        }
        if (cycle.outcome() == Outcome.failed || cycle.verdict() != Verdict.Pass) {
            again();
        }
    }

    /** Writes what would have prevented the failure, what lets a server bind, and the warnings, unless the explanation has them already. */
    private void remedies() throws IOException {
        if (cycle.prevention() != null
                && cycle.parts().stream().noneMatch(part -> part.about() == Sentence.Subject.prevention)) {
            html.leaf("p", cycle.prevention(), "class", "prevent");
        }
        if (cycle.remedies() != null && cycle.verdict() != Verdict.Pass) {
            html.start("ul", "class", "prevent");
            remedies("At that moment: ", "now", cycle.remedies());
            remedies("So that it does not come back: ", "later", cycle.remedies());
            html.end("ul");
        }
        if (cycle.warnings() != null) {
            for (String warning : cycle.warnings()) {
                html.leaf("p", warning, "class", "warn");
            }
        }
        if (cycle.beside() != null) {
            for (Beside beside : cycle.beside()) {
                html.leaf("p", beside.text(), "class", "warn");
            }
        }
    }

    private void remedies(String name, String when, List<RecordedRemedy> remedies) throws IOException {
        for (RecordedRemedy remedy : remedies) {
            if (remedy.when().equals(when)) {
                html.start("li").leaf("b", name).text(remedy.text()).end("li");
            }
        }
    }

    /** Writes the last lines of output of a server that did not come up. */
    private void words() throws IOException {
        Program program = cycle.program();
        if (program != null && program.words() != null && !program.words().isEmpty()) {
            html.leaf("h3", "The last lines of the server, from " + program.output());
            html.start("pre", "tabindex", "0")
                    .leaf("code", String.join("\n", program.words()))
                    .end("pre");
        }
    }

    private void drawings() throws IOException {
        if (cycle.timeline() != null && cycle.stoppedAt() != null) {
            html.leaf("h3", "States over time");
            html.scrolling("States over time");
            TimelineSvg.write(html, new Timeline(cycle));
            html.end("div");
        }
        if (cycle.release() != null && ReleaseSvg.shows(cycle.release())) {
            html.leaf("h3", "The release, predicted and seen");
            html.scrolling("The release");
            ReleaseSvg.write(html, cycle.release());
            html.end("div");
        }
    }

    private void again() throws IOException {
        String command = Reproduction.of(cycle);
        if (command == null) {
            return;
        }
        html.leaf("h3", "See it again on your machine");
        html.start("pre", "tabindex", "0").leaf("code", command).end("pre");
        html.leaf("p", Reproduction.note(cycle) + " Run it in the folder of Rebind's sources.", "class", "soft");
    }

    private void facts() throws IOException {
        html.leaf("h3", "Facts").start("dl");
        fact("Place", cycle.address() + ", port " + cycle.port());
        fact(
                "SO_REUSEADDR",
                cycle.reuse() == null
                        ? "not known"
                        : "old " + SocketOptions.onOff(cycle.reuse().old()) + ", new "
                                + SocketOptions.onOff(cycle.reuse().fresh()));
        if (cycle.cell() != null) {
            fact(
                    "Old socket",
                    cycle.cell().oldAddress() + ", left " + cycle.cell().residue());
            Reuse ports = cycle.cell().reusePort();
            fact(
                    "SO_REUSEPORT",
                    ports == null
                            ? null
                            : "old " + SocketOptions.onOff(ports.old()) + ", new "
                                    + SocketOptions.onOff(ports.fresh()));
        }
        if (cycle.errno() != null) {
            fact(
                    "Failed call",
                    (cycle.call() == null ? "not known" : cycle.call()) + ": " + cycle.errno() + " ("
                            + cycle.errnoNumber() + ")");
        }
        fact("By the kernel's rule", expected(cycle.expected()));
        fact("Left on the port", LeftWords.of(cycle));
        fact(
                "At the clients' end",
                cycle.peers() == null ? null : cycle.peers().isEmpty() ? "nothing" : Amounts.counts(cycle.peers()));
        fact("Unsent or unacknowledged", bytes(cycle.sendQ()));
        fact("Unread by the clients", bytes(cycle.peerRecvQ()));
        fact("Sockets", cycle.unreadable() == null ? null : "could not be read: " + cycle.unreadable());
        fact("Port free", cycle.release() == null ? null : release(cycle.release()));
        fact(
                "Failed binds",
                // For a command, the figure counts the looks at the port and not the binds, so it is not shown.
                cycle.bindFailures() == null || cycle.program() != null
                        ? null
                        : cycle.bindFailures().toString());
        ClientView clients = cycle.clients();
        if (clients != null) {
            fact(
                    "Clients saw",
                    Amounts.count(clients.connections(), "connection", "connections") + ", "
                            + Amounts.count(clients.answers(), "answer", "answers") + ", "
                            + Amounts.count(clients.resets(), "reset", "resets") + ", "
                            + Amounts.count(clients.ends(), "end", "ends")
                            + (clients.bytesLost() == null
                                    ? ""
                                    : ", " + Amounts.count(clients.bytesLost(), "byte lost", "bytes lost")));
            fact("Without service", withoutService());
            fact("Clients connected to", clients.via() == null ? null : clients.address() + " (" + clients.via() + ")");
            clients.failedConnects()
                    .forEach((errno, count) -> connects.append(connects.isEmpty() ? "" : ", ")
                            .append(count)
                            .append(" \u00D7 ")
                            .append(errno));
            fact("Failed connects", connects.isEmpty() ? null : connects.toString());
            RequestView requests = clients.requests();
            if (requests != null) {
                fact("Requests", requests(requests));
                fact("Why they failed", causes(requests));
                fact("Latency before the stop", latency(requests.before()));
                fact("Latency until bound", latency(requests.during()));
                fact("Latency after that", latency(requests.after()));
            }
        }
        fact(
                "Stop to bound",
                cycle.stopToBound()
                        .map(took -> Amounts.duration(took.toNanos() / 1e6))
                        .orElse(null));
        fact("Stopped at", cycle.stoppedAt() == null ? null : Json.text(cycle.stoppedAt()));
        fact("Port free at", freeAt());
        fact("Bound at", cycle.boundAt() == null ? null : Json.text(cycle.boundAt()));
        html.end("dl");
    }

    private @Nullable String withoutService() {
        if (cycle.downtimeMs() == null) {
            return null;
        }
        String longest = Amounts.duration(cycle.downtimeMs());
        OptionalDouble all = cycle.downtimeInAll();
        return all.isEmpty()
                ? longest
                : longest + " at the longest, " + Amounts.duration(all.getAsDouble()) + " in all";
    }

    /** The full date and time when the port was free. The explanation has only the time of day, and the day may be long past. */
    private @Nullable String freeAt() {
        ReleaseTimes release = cycle.release();
        return release == null || release.actualMs() == null || cycle.failedAt() == null
                ? null
                : Json.text(cycle.failedAt().plusNanos(Math.round(release.actualMs() * 1e6)));
    }

    private final StringBuilder connects = new StringBuilder();

    private static String requests(RequestView requests) {
        var text = new StringBuilder(requests.sent() + " sent, " + requests.answered() + " answered");
        requests.failed()
                .forEach((failure, count) ->
                        text.append(", ").append(count).append(" failed: ").append(failure.replace('_', ' ')));
        if (requests.bytesCut() > 0) {
            text.append(", ").append(Amounts.count(requests.bytesCut(), "byte cut", "bytes cut"));
        }
        return text.toString();
    }

    private static @Nullable String causes(RequestView requests) {
        if (requests.causes() == null || requests.causes().isEmpty()) {
            return null;
        }
        return RequestWords.causes(requests.causes())
                + (requests.clockToleranceMs() == null
                        ? "; the clients' clock could not be compared"
                        : "; times to " + Amounts.duration(requests.clockToleranceMs()));
    }

    private static @Nullable String latency(RequestView.@Nullable Latency latency) {
        return latency == null
                ? null
                : "median " + Amounts.duration(latency.p50()) + ", p99 " + Amounts.duration(latency.p99())
                        + ", longest " + Amounts.duration(latency.max()) + ", of "
                        + Amounts.count(latency.count(), "answer", "answers");
    }

    private void fact(String name, @Nullable String value) throws IOException {
        if (value != null) {
            html.leaf("dt", name).leaf("dd", value);
        }
    }

    private static @Nullable String bytes(@Nullable Long bytes) {
        return bytes == null ? null : Amounts.count(bytes, "byte", "bytes");
    }

    private static @Nullable String expected(@Nullable Expected expected) {
        if (expected == null) {
            return null;
        }
        return expected.call() == null ? expected.outcome().name() : expected.call() + " fails";
    }

    private static String release(ReleaseTimes release) {
        var text = new StringBuilder();
        if (release.unknown() != null) {
            text.append("not by a time that can be told: ").append(release.unknown());
        } else if (release.earliestMs() != null && release.latestMs() != null) {
            text.append(Amounts.duration(release.earliestMs())).append(" to ");
            text.append(Amounts.duration(release.latestMs())).append(" after the failed bind");
        }
        if (release.predictedMs() != null) {
            text.append("; predicted: ").append(exact(release.predictedMs()));
        }
        if (release.actualMs() != null) {
            text.append("; seen: ").append(exact(release.actualMs()));
            if (release.lastFailedMs() != null) {
                text.append(", and still blocked at ").append(exact(release.lastFailedMs()));
            }
            if (release.predictedMs() != null) {
                text.append(String.format(
                        java.util.Locale.ROOT, " (%+.1f ms)", release.actualMs() - release.predictedMs()));
            }
        }
        return text.toString();
    }

    private static String exact(double ms) {
        return String.format(java.util.Locale.ROOT, "%.3f s", ms / 1_000);
    }

    private void blocking(List<Blocking> sockets) throws IOException {
        html.leaf("h3", "In the way");
        html.scrolling("Blocking sockets");
        html.start("table", "class", "sockets").start("thead").start("tr");
        html.leaf("th", "state").leaf("th", "local").leaf("th", "remote").leaf("th", "timer left", "class", "n");
        html.leaf("th", "held by").leaf("th", "left by").end("thead").start("tbody");
        for (Blocking socket : sockets.subList(0, Math.min(MOST_SOCKETS, sockets.size()))) {
            html.start("tr").leaf("td", socket.state()).leaf("td", socket.local(), "class", "mono");
            html.leaf("td", socket.remote(), "class", "mono");
            html.leaf("td", socket.expiresMs() == null ? "" : Amounts.duration(socket.expiresMs()), "class", "n");
            html.leaf("td", holder(socket));
            html.leaf("td", PageWords.server(cycle, socket.generation())).end("tr");
        }
        html.end("tbody").end("table").end("div");
        if (sockets.size() > MOST_SOCKETS) {
            html.leaf("p", "and " + (sockets.size() - MOST_SOCKETS) + " more, in cycles.jsonl", "class", "soft");
        }
    }

    private static String holder(Blocking socket) {
        if (socket.pid() == null) {
            return "";
        }
        return (socket.process() == null ? "a process" : socket.process()) + " (pid " + socket.pid() + ")";
    }
}
