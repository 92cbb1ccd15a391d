package dev.rebind.report.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.report.CommandTarget;
import dev.rebind.report.Run;
import dev.rebind.report.SampleRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class CommandInReportTest {
    @TempDir
    Path temporary;

    /** An experiment for each command. */
    private Path write(@Nullable CommandTarget... commands) throws Exception {
        Path folder = temporary.resolve("report");
        List<String> names = List.of("stop", "kill").subList(0, commands.length);
        try (ReportFolder report = ReportFolder.open(folder)) {
            List<Run.Subject> subjects = new java.util.ArrayList<>();
            for (int i = 0; i < commands.length; i++) {
                report.records()
                        .write(new RecordBuilder(names.get(i), 1).bound(300).build());
                subjects.add(new Run.Subject(names.get(i), null, null, "", 1, Phase.Completed, commands[i]));
            }
            report.finish(new Run(
                    RecordBuilder.STOPPED, RecordBuilder.STOPPED.plusSeconds(1), false, subjects, SampleRun.MACHINE));
        }
        return folder;
    }

    private static CommandTarget command(String... argv) {
        return new CommandTarget(List.of(argv), "127.0.0.1", 18_101);
    }

    private static String read(Path folder, String name) throws Exception {
        return Files.readString(folder.resolve(name));
    }

    @Test
    @DisplayName("When all experiments start one command, then the head of each file names it and its port, once")
    void head() throws Exception {
        CommandTarget server = command("python3", "server.py");
        Path folder = write(server, server);

        assertThat(read(folder, ReportFolder.MARKDOWN))
                .startsWith("## Rebind: Pass\n\n`python3 server.py`, port 18101\n\n2 experiments,")
                .containsOnlyOnce("server.py");
        assertThat(read(folder, ReportFolder.PAGE))
                .contains("<title>Rebind: Pass, python3 server.py, port 18101, ")
                .containsOnlyOnce("<code>python3 server.py</code>, port 18101</p>");
        assertThat(read(folder, ReportFolder.JUNIT))
                .contains("<property name=\"command\" value=\"python3 server.py\">")
                .contains("<property name=\"port\" value=\"18101\">")
                .contains("<system-out>python3 server.py, port 18101</system-out>");
    }

    @Test
    @DisplayName("When experiments start different commands, then each is named with its own")
    void each() throws Exception {
        Path folder = write(command("one"), new CommandTarget(List.of("two"), "::1", 9));

        assertThat(read(folder, ReportFolder.MARKDOWN))
                .contains("- stop: `one`, port 18101\n- kill: `two`, port 9 of ::1\n");
        assertThat(read(folder, ReportFolder.PAGE))
                .contains("<title>Rebind: Pass, 2026", "<code>one</code>, port 18101", "<code>two</code>, port 9 of");
    }

    @Test
    @DisplayName("When no command is started, or it is not known, then none is named")
    void none() throws Exception {
        Path folder = write(null, null);

        assertThat(read(folder, ReportFolder.MARKDOWN)).startsWith("## Rebind: Pass\n\n2 experiments,");
        assertThat(read(folder, ReportFolder.PAGE)).doesNotContain("class=\"command\"");
        assertThat(read(folder, ReportFolder.JUNIT))
                .contains("<system-out></system-out>")
                .doesNotContain("\"port\"");
    }

    @Test
    @DisplayName("When a command is long or holds markup, then it is cut, and shown and not obeyed")
    void hostile() throws Exception {
        String evil = "</code><img src=x>]]>``` `x` \n\u0000| @all #1 &amp; \uD83D\uDE00";
        Path folder = write(command(evil, "x".repeat(5_000)));

        assertThat(read(folder, ReportFolder.MARKDOWN).lines().toList().get(2))
                .startsWith("```` </code><img src=x>]]>``` `x` \uFFFD| @all #1 &amp; \uD83D\uDE00 xxx")
                .endsWith("xx… ````, port 18101")
                .hasSizeLessThan(400);
        assertThat(read(folder, ReportFolder.PAGE)).doesNotContain("<img").contains("&lt;img src=x&gt;");
        Element suite = (Element) DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(folder.resolve(ReportFolder.JUNIT).toFile())
                .getElementsByTagName("system-out")
                .item(0);
        assertThat(suite.getTextContent())
                .startsWith("</code><img src=x>]]>``` `x` \uFFFD| @all")
                .contains("xx…, port");
    }

    @Test
    @DisplayName("When a folder is read again, then the command is still known")
    void again() throws Exception {
        CommandTarget server = command("python3", "server.py");
        Path folder = write(server);

        assertThat(SavedReport.read(folder).run().experiments().getFirst().command())
                .isEqualTo(server);
        Files.delete(folder.resolve(ReportFolder.RUN));
        assertThat(Objects.requireNonNull(
                        SavedReport.read(folder).run().experiments().getFirst().command()))
                .isEqualTo(server);
    }
}
