package dev.rebind.cli;

import dev.rebind.child.PortText;
import dev.rebind.live.http.LiveServer;
import dev.rebind.record.RecordingException;
import dev.rebind.report.folder.ReportFolder;
import dev.rebind.report.folder.SavedReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rebind report DIR}: opens a finished report in the live page, or writes the files that an interrupted run did not write. */
@Command(
        name = "report",
        description = {
            "Opens the folder of a report in the page that run --ui serves, on the loopback address until Ctrl-C. It"
                    + " reads only.",
            "A run that was cut short by SIGKILL or a crash has no summary.json, summary.md, junit.xml and report.html:"
                    + " --write makes them from its records."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Ctrl-C or SIGTERM ended the page; with --write: nothing is missing any more.",
            "2:Bad usage, no report, or one that cannot be read; the reason is on standard error.",
            "3:A file could not be written."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  rebind check --port 8080 --report before -- python3 -m http.server 8080",
            "  rebind report before",
            "  rebind report --write before"
        })
final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The folder of a report, as --report of run and check names it.")
    Path folder = Path.of("");

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = PortText.OrZero.class,
            description = "Port of the page on the loopback address. Default: a free one.")
    int port;

    @Option(
            names = "--write",
            description = "Writes those of the report's files that its folder lacks, and serves no page.")
    boolean write;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        SavedReport report;
        try {
            report = SavedReport.read(folder);
        } catch (RecordingException e) {
            line.getErr().println("rebind: " + e.getMessage());
            return ExitCode.USAGE;
        }
        report.warnings().forEach(warning -> line.getErr().println("rebind: " + warning));
        return write ? write(report, line) : show(report, line);
    }

    private static int write(SavedReport report, CommandLine line) {
        List<String> written;
        try {
            written = ReportFolder.complete(report);
        } catch (RecordingException e) {
            line.getErr().println("rebind: " + e.what());
            return ExitCode.INCONCLUSIVE;
        }
        line.getOut()
                .println(
                        written.isEmpty()
                                ? "Nothing is missing in " + report.folder() + "."
                                : "Written: " + String.join(", ", written) + ".");
        line.getOut()
                .println("Report: "
                        + report.folder()
                                .resolve(ReportFolder.PAGE)
                                .toAbsolutePath()
                                .normalize()
                                .toUri());
        line.getOut().flush();
        return ExitCode.PASS;
    }

    private int show(SavedReport report, CommandLine line) {
        var opened = new OpenedReport(report);
        try (LiveServer server = LiveServer.open(port, opened, opened)) {
            LivePage.await("The report is at " + server.address() + " until Ctrl-C.", ExitCode.PASS, () -> {});
            return ExitCode.PASS;
        } catch (IOException e) {
            line.getErr().println("rebind: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }
}
