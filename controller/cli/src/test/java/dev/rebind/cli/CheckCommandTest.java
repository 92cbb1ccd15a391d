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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
        check --port 18080 --protocol tcp --path /x -- true | rebind: --path is of requests, and the clients speak tcp
        check --port 18080 --requests-per-second 5 -- true | rebind: --requests-per-second is of requests, and the clients speak tcp
        check --port 18080 --protocol http --requests-per-second 0 -- true | rebind: --requests-per-second:
        check --port 18080 --ready maybe -- true | is none of tcp, http://... and log:TEXT
        check --port 18080 --ready-timeout soon -- true | --ready-timeout: 'soon' is not a duration; write it as
        check --port 18080 --give-up 30 -- true | --give-up: '30' has no unit; write 30s for seconds
        check --port 18080 --grace-period -5s -- true | --grace-period: '-5s' is negative
        check --port 18080 --served-within 0s -- true | rebind: --served-within: must be more than 0
        check --port 18080 --clients 0 --served-within 90s -- true | rebind: --served-within: there are no clients that could be served
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
                    .contains("Port " + port + " is taken and no timer frees it: ")
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

    @ParameterizedTest
    @DisplayName(
            "When no protocol is written, then the clients speak HTTP where the readiness does, and ask for the same")
    @CsvSource(textBlock = """
        --ready http://127.0.0.1:1/healthz,                 http, /healthz
        --ready http://127.0.0.1:1/healthz --protocol http, http, /
        --ready http://127.0.0.1:1/healthz --protocol tcp,  tcp,
        --ready tcp,                                        tcp,
        --ready http://127.0.0.1:1 --path /one,             http, /one
        --protocol https --requests-per-second 7,           https, /
        """)
    void protocol(String options, String protocol, @Nullable String path) throws IOException {
        Path report = folder.resolve("report");
        var line = new ArrayList<>(List.of("check", "--port", Integer.toString(FreePorts.next())));
        line.addAll(List.of("--ways", "stop", "--report", report.toString()));
        line.addAll(List.of(options.split(" ")));
        line.addAll(List.of("--", "sh", "-c", "exit 7"));

        rebind(line.toArray(String[]::new));

        String file = Files.readString(report.resolve(CheckedExperiments.FILE));
        assertThat(file).contains("protocol: " + protocol + "\n");
        assertThat(file.lines()
                        .map(String::strip)
                        .filter(one -> one.startsWith("path: "))
                        .toList())
                .isEqualTo(path == null ? List.of() : List.of("path: " + path));
        assertThat(file.contains("requestsPerSecond: 7\n")).isEqualTo(options.endsWith(" 7"));
    }

    @Test
    @DisplayName("When a step of a file starts a command, then run refuses the file, and starts nothing")
    void stepNotAllowed() throws IOException {
        Path made = folder.resolve("made");
        Path file = folder.resolve("steps.yaml");
        Files.writeString(file, """
                apiVersion: rebind.dev/v1alpha1
                kind: RebindExperiment
                metadata: {name: steps}
                spec:
                  steps:
                  - name: one
                    target: {command: {argv: [touch, %s], port: %d}}
                """.formatted(made, FreePorts.next()));

        Answer refused = rebind(
                "run", file.toString(), "--report", folder.resolve("report").toString());

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("write an experiment for each step");
        assertThat(made).doesNotExist();
        assertThat(folder.resolve("report")).doesNotExist();
    }

    @Test
    @DisplayName(
            "When a process listens, then --pid tells its options, its child, its queue, its connections and what a restart"
                    + " would meet, and touches nothing")
    void pid() throws Exception {
        int port = FreePorts.next();
        String program = """
                import os, socket, subprocess, sys
                server = socket.socket()
                server.bind(("127.0.0.1", int(sys.argv[1])))
                server.listen(7)
                server.set_inheritable(True)
                child = subprocess.Popen(["sleep", "600"], close_fds=False)
                print(child.pid, flush=True)
                client = server.accept()
                print("accepted", flush=True)
                sys.stdin.read()
                child.kill()
                """;
        Process server = new ProcessBuilder("python3", "-c", program, Integer.toString(port)).start();
        try {
            var said = server.inputReader();
            String child = said.readLine();
            try (var accepted = new java.net.Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                assertThat(said.readLine()).isEqualTo("accepted");

                Answer answer = rebind("check", "--pid", Long.toString(server.pid()));

                assertThat(accepted.isConnected()).isTrue();
                assertThat(answer.out())
                        .containsPattern(port
                                + " +127\\.0\\.0\\.1 +2 processes of python3 and .* off +off +would be blocked for \\d+ s"
                                + " by connections that it closes first \\(1 is open\\)")
                        .contains("Connections: 1 ESTABLISHED.", "not close-on-exec")
                        .doesNotContain("ip_local_port_range");
                assertThat(answer.exitCode()).isEqualTo(1);
                assertThat(server.isAlive()).isTrue();
                assertThat(ProcessHandle.of(Long.parseLong(child))).isPresent();
            }
        } finally {
            server.outputWriter().close();
            server.waitFor();
        }
    }
}
