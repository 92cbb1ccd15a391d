package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("rebind validate")
class ValidateCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    @DisplayName("When a file is for both places, then it says so, and what the run would do")
    void both() throws IOException {
        file(
                "both",
                "cycles: 3, reuseAddress: {value: false}, restart: {mode: process, close: server}, onFailure: wait");

        assertThat(validate(folder.resolve("both.yaml"))).isZero();

        assertThat(out.toString())
                .contains("both is valid on this machine and in a cluster")
                .contains(
                        "3 restarts (mode process, close server) on a free port.",
                        "After a failed bind the server tries for");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    @DisplayName("When a file is for one place alone, then it is valid there and refused with --for the other one")
    void onePlace() throws IOException {
        file("lab", "truthTable: {residues: [none], addresses: [same], families: [IPv4]}");
        file("cluster", "restart: {mode: pod}, reuseAddress: {value: true}");

        assertThat(validate(folder)).isZero();
        assertThat(out.toString())
                .contains("lab is valid on this machine\n", "pairs of bare sockets", "cluster is valid in a cluster\n")
                .doesNotContain("cannot be run");
        assertThat(err.toString()).isEmpty();

        assertThat(validate("--for", "cluster", folder.resolve("lab.yaml"))).isEqualTo(2);
        assertThat(err.toString()).contains("spec.truthTable", "is for ./rebind run alone");
        assertThat(validate("--for", "lab", folder.resolve("cluster.yaml"))).isEqualTo(2);
        assertThat(err.toString()).contains("spec.restart.mode", "pod needs a cluster");
        assertThat(validate("--for", "lab", folder.resolve("lab.yaml"))).isZero();
        assertThat(validate("--for", "cluster", folder.resolve("cluster.yaml"))).isZero();
    }

    @Test
    @DisplayName("When a file is valid, then the longest time of its waits and the rights that it needs are said")
    void timeAndRights() throws IOException {
        file(
                "waits",
                "cycles: 3, onFailure: wait, retry: {timeout: 90s, interval: 1s},"
                        + " restart: {mode: process, interval: 10s, gracePeriod: 20s}, reuseAddress: {value: false}");
        file(
                "moves",
                "duration: 1m, onFailure: move, restart: {mode: process, interval: 1s, gracePeriod: 2s},"
                        + " reuseAddress: {value: false}");
        file("clears", "cycles: 1, onFailure: clear, target: {server: {port: 80}}, reuseAddress: {value: false}");

        validate(folder.resolve("waits.yaml"));
        assertThat(out.toString()).contains("come to 6 min 0 s at most", "Rights on one machine: those of any user.");
        validate(folder.resolve("moves.yaml"));
        assertThat(out.toString())
                .contains("Time: 60.0 s, and the cycle that has begun by then", "come to 3.00 s at most");
        validate(folder.resolve("clears.yaml"));
        assertThat(out.toString()).contains("CAP_NET_BIND_SERVICE for port 80", "CAP_NET_ADMIN for onFailure: clear");
    }

    @Test
    @DisplayName("When this machine can never run a file, then that is not said to be so now, as it is of a taken port")
    void neverHere() throws IOException {
        file("elsewhere", "target: {server: {address: 192.0.2.1, port: 18080}}, reuseAddress: {value: false}");
        try (var listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            file("taken", "target: {server: {port: " + listener.getLocalPort() + "}}, reuseAddress: {value: false}");

            assertThat(validate(folder.resolve("taken.yaml"))).isZero();
            assertThat(out.toString()).contains("It cannot be run on this machine now.");
            assertThat(err.toString()).contains(" is taken and no timer frees it: ");
        }
        out.getBuffer().setLength(0);
        assertThat(validate(folder.resolve("elsewhere.yaml"))).isZero();
        assertThat(out.toString())
                .contains("It cannot be run on this machine as the machine and this user's rights are.")
                .doesNotContain("this machine now");
        assertThat(err.toString()).contains("192.0.2.1 is not an address of this machine");
    }

    @Test
    @DisplayName("When the program of a command is not there, then the file cannot be run here now, and it is named")
    void noProgram() throws IOException {
        file("command", "target: {command: {argv: [no-such-program], port: 18190}}");

        assertThat(validate(folder.resolve("command.yaml"))).isZero();

        assertThat(out.toString()).contains("It cannot be run on this machine now.");
        assertThat(err.toString()).contains("spec.target.command.argv: there is no program no-such-program");
    }

    @Test
    @DisplayName("When no place can run a file, then it is not valid, and what keeps it from each is said")
    void neither() throws IOException {
        file("neither", "restart: {mode: pod}, reuseAddress: {value: true}, parallel: 2");

        assertThat(validate(folder.resolve("neither.yaml"))).isEqualTo(2);

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("pod needs a cluster", "spec.parallel", "is for ./rebind run alone");
    }

    @Test
    @DisplayName("When a folder has no experiment file, then that is said")
    void emptyFolder() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "");

        assertThat(validate(folder)).isEqualTo(2);

        assertThat(err.toString()).contains(folder + ": has no *.yaml or *.yml file");
    }

    private void file(String name, String spec) throws IOException {
        Files.writeString(folder.resolve(name + ".yaml"), """
            apiVersion: rebind.dev/v1alpha1
            kind: RebindExperiment
            metadata:
              name: %s
            spec: {%s}
            """.formatted(name, spec));
    }

    private int validate(Object... arguments) {
        String[] line = new String[arguments.length + 1];
        line[0] = "validate";
        for (int i = 0; i < arguments.length; i++) {
            line[i + 1] = arguments[i].toString();
        }
        return Main.commandLineFor(line)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(line);
    }
}
