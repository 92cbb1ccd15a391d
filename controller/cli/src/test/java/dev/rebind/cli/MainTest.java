package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Timeout(120)
@DisplayName("The program")
class MainTest {
    @Test
    @DisplayName(
            "When it cannot load what it is made of, then its exit code is 70, since 1 says that an experiment failed,"
                    + " and it names what is the usual reason")
    void classesMissing() throws Exception {
        // Its own classes and none of its libraries, as where the files of the class path cannot be opened.
        Path own = Path.of("target", "classes").toAbsolutePath();
        assertThat(own.resolve("dev/rebind/cli/Main.class")).exists();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        own.toString(),
                        Main.class.getName(),
                        "run")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(70);
        assertThat(said).contains("NoClassDefFoundError", "ulimit -n", "EMFILE");
    }

    @Test
    @DisplayName("When the first argument is a command, then its help is the same as in the whole program; else every"
            + " command is there")
    void oneCommand() {
        CommandLine whole = Main.commandLine();
        assertThat(whole.getSubcommands()).hasSizeGreaterThan(10);
        whole.getSubcommands().forEach((name, command) -> {
            CommandLine alone = Objects.requireNonNull(
                    Main.commandLineFor(name, "--help").getSubcommands().get(name));
            assertThat(alone.getUsageMessage()).isEqualTo(command.getUsageMessage());
        });
        assertThat(Main.commandLineFor("why", "8080").getSubcommands()).containsOnlyKeys("why");
        for (String first : List.of("help", "--version", "generate-completion", "wyh")) {
            assertThat(Main.commandLineFor(first).getSubcommands())
                    .containsOnlyKeys(whole.getSubcommands().keySet());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            wyh 8080                          | unknown command 'wyh'; did you mean why?
            sokcets                           | unknown command 'sokcets'; did you mean sockets?
            frobnicate                        | unknown command 'frobnicate'
            why --adress=127.0.0.1 8080       | unknown option '--adress'; did you mean --address?
            run --repot=x                     | unknown option '--repot'; did you mean --report?
            sockets --states TIME_WIAT 8080   | but was 'TIME_WIAT'; did you mean TIME_WAIT?
            why 8080 8081                     | '8081' is one argument too many
            why x                             | 'x' is not a port; write a number from 1 to 65535
            why 8000-8010                     | '8000-8010' is a range of ports, and `rebind why` takes one port; `rebind sockets 8000-8010` and `rebind audit 8000-8010` take a range
            why 8010-8000                     | the range 8010-8000 ends before it begins; write 8000-8010
            why 0                             | port 0 is not in 1 to 65535
            why 99999                         | port 99999 is not in 1 to 65535
            why --pid=one 8080                | --pid: 'one' is not the id of a process; write a number from 1, such as pgrep NAME prints
            audit x                           | 'x' is neither a port, such as 8080, nor a range of ports, such as 8000-8010
            audit 99999                       | port 99999 is not in 1 to 65535
            run --metrics-port=x              | --metrics-port: 'x' is not a port; write a number from 0 to 65535
            run --ui 70000                    | --ui: port 70000 is not in 0 to 65535
            report --port 70000 x             | --port: port 70000 is not in 0 to 65535
            server --port=http                | --port: 'http' is not a port; write a number from 0 to 65535
            client --interval 20              | --interval: '20' has no unit; write 20s for seconds
            agent --port 0                    | --port: port 0 is not in 1 to 65535
            controller --http-port x          | --http-port: 'x' is not a port; write a number from 0 to 65535
            apply --timeout soon x            | --timeout: 'soon' is not a duration; write it as 250ms, 5s, 1m30s, 2h or PT0.25S
            bench --rounds many               | --rounds: 'many' is not a whole number; write it as 1, 5 or 20
            bench nothing                     | 'nothing' is none of view, tick, listener, process, start, why, failure, audit, requests
            bench requets                     | 'requets' is none of view, tick, listener, process, start, why, failure, audit, requests; did you mean requests?
            help cmpare                       | unknown command 'cmpare'; did you mean compare?
            audit 8010-8000                   | the range 8010-8000 ends before it begins; write 8000-8010
            """)
    @DisplayName("When a command line is misspelt, then it ends with 2 and says what is meant, without the whole help")
    void misspelt(String line, String says) {
        var err = new StringWriter();
        String[] arguments = line.strip().split(" ");

        assertThat(Main.commandLineFor(arguments)
                        .setErr(new PrintWriter(err, true))
                        .execute(arguments))
                .isEqualTo(2);

        assertThat(err.toString().lines())
                .hasSize(2)
                .first()
                .satisfies(first -> assertThat(first).startsWith("rebind: ").endsWith(says.strip()));
        assertThat(err.toString()).contains("--help");
    }
}
