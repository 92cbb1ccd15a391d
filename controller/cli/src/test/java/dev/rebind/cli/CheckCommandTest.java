package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.posix.FreePorts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line, in this process; what it starts are real processes. */
class CheckCommandTest {
    @TempDir
    Path folder = Path.of("");

    private record Answer(int exitCode, String out, String err) {}

    private static Answer rebind(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Answer(exitCode, out.toString(), err.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        check --port 18080 | no command; write --
        check -- true | no port; write --port
        check --port 18080 -- no-such-program-anywhere | there is no program no-such-program-anywhere in the folders of PATH
        check --port 18080 -- /no/such/program | there is no program /no/such/program
        check --port 18080 -- /etc/passwd | is no program that may be run
        check --port 70000 -- true | rebind: --port: port 70000 is not in 1 to 65535
        check --port http -- true | rebind: --port: 'http' is not a port; write a number from 1 to 65535
        check --port 18080 --clients many -- true | rebind: --clients: 'many' is not a whole number
        check --port 18080 --ways stop,explode -- true | is none of stop, kill, client-first, stall and rolling
        check --port 18080 --protocol gopher -- true | rebind: --protocol: expected one of
        check --port 18080 --protocol http --path nowhere -- true | rebind: --path:
        check --port 18080 --ready maybe -- true | is none of tcp, http://... and log:TEXT
        check --port 18080 --ready-timeout soon -- true | --ready-timeout: 'soon' is not a duration; write it as
        check --port 18080 --give-up 30 -- true | --give-up: '30' has no unit; write 30s for seconds
        check --port 18080 --grace-period -5s -- true | --grace-period: '-5s' is negative
        check --port 18080 --give-up 9000h -- true | rebind: --give-up:
        check --pid server | --pid: 'server' is not the id of a process; write a number from 1
        check --pid 0 | --pid: process id 0 is not in 1 to 2147483647
        check --port 18080 --address nowhere -- true | rebind: --address:
        check --port 18080 --cycles 0 -- true | rebind: --cycles:
        check --pid 1 --port 18080 | --pid reads a server that runs
        check --pid 2147483647 | there is no process 2147483647
        """)
    @DisplayName("Bad input is one clear message, and exit code 2")
    void usage(String line, String message) {
        Answer answer = rebind(line.split(" "));

        assertThat(answer.err()).contains(message).doesNotContain("spec.");
        assertThat(answer.err().lines()).as("once, and not once for each way").doesNotHaveDuplicates();
        assertThat(answer.exitCode()).isEqualTo(2);
    }

    @Test
    @DisplayName("When the program's name is empty, then that is said")
    void emptyProgram() {
        Answer answer = rebind("check", "--port", "18080", "--", "");

        assertThat(answer.err()).contains("the name of the program is empty");
        assertThat(answer.exitCode()).isEqualTo(2);
    }

    @Test
    @DisplayName("When the port is taken, then its holder is named, and nothing is started")
    void taken() throws IOException {
        int port = FreePorts.next();
        Path report = folder.resolve("report");
        try (var holder = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            Answer answer = rebind(
                    "check", "--port", Integer.toString(port), "--report", report.toString(), "--", "sleep", "100");

            assertThat(answer.err())
                    .contains(port + " is taken already, by")
                    .contains("pid " + ProcessHandle.current().pid());
            assertThat(answer.exitCode()).isEqualTo(2);
            assertThat(report).doesNotExist();
            assertThat(holder.isBound()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "When the program ends at once, then its last words are told, the exit code is 3, and the report is whole")
    void dies() throws IOException {
        int port = FreePorts.next();
        Path report = folder.resolve("report");

        Answer answer = rebind(
                "check",
                "--port",
                Integer.toString(port),
                "--ways",
                "stop,kill",
                "--clients",
                "0",
                "--report",
                report.toString(),
                "--",
                "sh",
                "-c",
                "echo there is no configuration >&2; exit 7");

        assertThat(answer.exitCode()).isEqualTo(3);
        assertThat(Files.readString(report.resolve("cycles.jsonl")))
                .contains("exit code 7", "there is no configuration");
        assertThat(report.resolve("junit.xml")).exists();
        assertThat(report.resolve("output-stop.log")).content().contains("there is no configuration");
    }

    @Test
    @DisplayName(
            "When a file starts a command, then run refuses it without --allow-commands, and check's file is one that"
                    + " run takes")
    void allowed() throws IOException {
        int port = FreePorts.next();
        Path report = folder.resolve("first");
        rebind(
                "check",
                "--port",
                Integer.toString(port),
                "--ways",
                "stop",
                "--clients",
                "0",
                "--report",
                report.toString(),
                "--",
                "sh",
                "-c",
                "exit 7");
        String file = report.resolve(CheckedExperiments.FILE).toString();

        Answer refused =
                rebind("run", file, "--report", folder.resolve("second").toString());
        Answer allowed = rebind(
                "run",
                "--allow-commands",
                file,
                "--report",
                folder.resolve("third").toString());

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("spec.target.command", "--allow-commands");
        assertThat(folder.resolve("second")).doesNotExist();
        assertThat(allowed.exitCode()).isEqualTo(3);
        assertThat(Files.readString(folder.resolve("third").resolve("cycles.jsonl")))
                .contains("exit code 7");
    }

    @Test
    @DisplayName("When a process listens, then --pid says what a restart of it would meet")
    void pid() throws IOException {
        int port = FreePorts.next();
        try (var listener = new ServerSocket()) {
            listener.setReuseAddress(true);
            listener.bind(new java.net.InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));

            Answer answer = rebind(
                    "check", "--pid", Long.toString(ProcessHandle.current().pid()));

            assertThat(answer.out()).contains(Integer.toString(port), "REUSEADDR");
            assertThat(List.of(0, 1, 3)).contains(answer.exitCode());
        }
    }
}
