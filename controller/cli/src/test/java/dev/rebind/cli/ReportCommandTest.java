package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.live.OpenApi;
import dev.rebind.live.http.LiveServer;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.SampleRecords;
import dev.rebind.report.Run;
import dev.rebind.report.SampleRun;
import dev.rebind.report.folder.ReportFolder;
import dev.rebind.report.folder.SavedReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@DisplayName("rebind report")
class ReportCommandTest {
    private static final CycleRecord WHOLE = SampleRecords.serverClosesFirst();
    private static final CycleRecord CUT = SampleRecords.clientStalls();

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final OpenApi description = new OpenApi();

    @AfterEach
    void end() {
        http.shutdownNow();
    }

    private record Said(int exitCode, String out, String err) {}

    private Said say(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = Main.commandLineFor(arguments)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Said(exitCode, out.toString(), err.toString());
    }

    /** One experiment that ended, and one that SIGKILL cut short. */
    private void cutShort() throws IOException {
        try (ReportFolder report = ReportFolder.open(folder)) {
            report.note(new Run(
                    RecordBuilder.STOPPED,
                    RecordBuilder.STOPPED,
                    false,
                    List.of(
                            SampleRun.subject(WHOLE.experiment(), 1),
                            SampleRun.subject(CUT.experiment(), 5).in(Phase.Pending)),
                    SampleRun.MACHINE));
            report.records().write(WHOLE);
            report.records().write(CUT);
        }
    }

    private JsonNode get(LiveServer server, String path, int status) throws IOException, InterruptedException {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create(server.address() + path)).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(path).isEqualTo(status);
        String described = "/"
                + path.replaceAll("^v1/experiments/[^/]+/[^/]+", "v1/experiments/{namespace}/{name}")
                        .replaceAll("records/\\d+$", "records/{cycle}");
        assertThat(description.violations(
                        "get",
                        described,
                        status,
                        answer.headers().firstValue("Content-Type").orElse(null),
                        answer.body()))
                .isEmpty();
        return status == 200
                ? Json.mapper().readTree(answer.body())
                : Json.mapper().createObjectNode();
    }

    @Test
    @DisplayName(
            "When a run was cut short, then the page has its experiments with their records, and nothing of it is said to run")
    void overHttp() throws Exception {
        cutShort();
        var opened = new OpenedReport(SavedReport.read(folder));
        try (LiveServer server = LiveServer.open(0, opened, opened)) {
            JsonNode about = get(server, "v1/about", 200);
            assertThat(about.path("backend").asText()).isEqualTo("report");
            assertThat(about.path("actions")).isEmpty();
            assertThat(about.at("/machine/kernel").asText()).isEqualTo(SampleRun.MACHINE.kernel());

            JsonNode experiments = get(server, "v1/experiments", 200).path("experiments");
            assertThat(experiments.findValuesAsText("phase")).containsExactly("Completed", "Aborted");
            assertThat(experiments.findValuesAsText("message"))
                    .singleElement()
                    .asString()
                    .contains("cut short");
            for (CycleRecord record : List.of(WHOLE, CUT)) {
                String one = "v1/experiments/local/" + record.experiment();
                assertThat(Json.mapper()
                                .convertValue(get(server, one + "/records/" + record.cycle(), 200), CycleRecord.class))
                        .isEqualTo(record);
                assertThat(get(server, one, 200).path("steps")).isEmpty();
                get(server, one + "/sockets", 409);
                get(server, one + "/why", 409);
            }
            assertThat(http.send(
                                    HttpRequest.newBuilder(URI.create(server.address() + "v1/experiments/local/"
                                                    + CUT.experiment() + "/resume"))
                                            .POST(BodyPublishers.noBody())
                                            .build(),
                                    BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(405);
            assertThat(http.send(
                                    HttpRequest.newBuilder(URI.create(server.address() + "v1/experiments/local/"
                                                    + CUT.experiment() + "/summary.md"))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body())
                    .contains("1 of 5");
        }
    }

    @Test
    @DisplayName("When it serves a report, then it prints where, and a signal ends it with 0")
    void signal() throws Exception {
        cutShort();
        Path printed = folder.resolve("printed");
        var command = new ArrayList<>(ChildJvm.likeThis().command());
        command.addAll(List.of(Main.class.getName(), "report", folder.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            var line = Pattern.compile("The report is at (http://127\\.0\\.0\\.1:\\d+/) until Ctrl-C\\.");
            Matcher told = await().until(() -> line.matcher(Files.readString(printed)), Matcher::find);
            assertThat(http.send(
                                    HttpRequest.newBuilder(URI.create(told.group(1) + "v1/experiments"))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body())
                    .contains(CUT.experiment());
            assertThat(Files.readString(printed)).contains("it was cut short, or still goes on");
            process.destroy();
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName(
            "When the report of a run that was cut short is written, then its files are there, and a second time nothing is missing")
    void write() throws Exception {
        cutShort();

        Said first = say("report", "--write", folder.toString());
        Said second = say("report", "--write", folder.toString());

        assertThat(first.exitCode()).isZero();
        assertThat(first.out())
                .startsWith("Written: summary.json, summary.md, junit.xml, report.html.")
                .contains(folder.resolve("report.html").toUri().toString());
        assertThat(first.err()).contains("it was cut short");
        assertThat(second.exitCode()).isZero();
        assertThat(second.out()).startsWith("Nothing is missing in " + folder);
    }

    @Test
    @DisplayName("When the page's port is taken, then who has it is said, and nothing is served")
    void taken() throws Exception {
        cutShort();
        try (var listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Said said = say("report", "--port", "" + listener.getLocalPort(), folder.toString());

            assertThat(said.err())
                    .contains(
                            "cannot be served on 127.0.0.1:" + listener.getLocalPort(),
                            "The bind failed with EADDRINUSE",
                            "listens on",
                            "Process " + ProcessHandle.current().pid() + " runs");
            assertThat(said.out()).isEmpty();
            assertThat(said.exitCode()).isEqualTo(ExitCode.USAGE);
        }
    }

    @Test
    @DisplayName("When it is no report, or a line of it is broken, then it ends with 2 and one sentence")
    void broken() throws Exception {
        Said none = say("report", folder.toString());
        cutShort();
        Files.writeString(folder.resolve(ReportFolder.CYCLES), "{}\n");
        Said broken = say("report", folder.toString());

        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err().lines()).singleElement().asString().startsWith("rebind: " + folder + " is no report");
        assertThat(broken.exitCode()).isEqualTo(2);
        assertThat(broken.err().lines())
                .singleElement()
                .asString()
                .startsWith("rebind: line 1 of " + folder.resolve(ReportFolder.CYCLES) + " is not a cycle record");
    }
}
