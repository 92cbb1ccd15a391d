package dev.rebind.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.experiment.file.ExperimentFile.Read;
import dev.rebind.experiment.file.Tour;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnabledOnOs(OS.LINUX)
class MachineCheckTest {
    @TempDir
    private Path folder;

    private final int port = FreePorts.next();

    @Test
    @DisplayName("When nothing is in the way, then nothing is said")
    void nothingInTheWay() {
        assertThat(problems("target: {server: {port: " + port + "}}")).isEmpty();
        assertThat(problems("target: {server: {port: " + port + ", address: 0.0.0.0}}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, false",
        "127.0.0.1, 0.0.0.0, true",
        "0.0.0.0, 127.0.0.1, false",
        "0.0.0.0, 127.0.0.9, true"
    })
    @DisplayName("When a program listens on the port, then it is named, with its pid and address")
    void taken(String listening, String wanted, boolean reuse) throws IOException {
        try (PosixSocket socket = listen(listening, reuse)) {
            assertThat(problems("{reuseAddress: {value: " + reuse + "}, target: {server: {port: " + port + ", address: "
                            + wanted + "}}}"))
                    .singleElement()
                    .asString()
                    .startsWith("f.yaml:4: spec.target.server.port: Port " + port + " is taken")
                    .contains(
                            "(pid " + ProcessHandle.current().pid() + ") listens on " + listening + ":" + port,
                            "End what has it, or take another port");
            assertThat(socket.fd()).isPositive();
        }
    }

    @Test
    @DisplayName("When another address of the port is taken, then that is no hindrance")
    void otherAddress() throws IOException {
        try (PosixSocket socket = listen("127.0.0.2", false)) {
            assertThat(problems("target: {server: {port: " + port + "}}")).isEmpty();
            assertThat(socket.fd()).isPositive();
        }
    }

    @Test
    @DisplayName("When an earlier server left its TIME_WAIT there, then it counts as the kernel has it")
    void leftover() throws IOException {
        try (PosixSocket server = listen("127.0.0.1", false);
                PosixSocket client = PosixSocket.open(Family.IPV4).connect(endpoint("127.0.0.1", port))) {
            server.accept().close();
            assertThat(client.readable(java.time.Duration.ofSeconds(10))).isTrue();
            assertThat(client.receive(1)).isEmpty();
        }
        assertThat(problems("target: {server: {port: " + port + "}}"))
                .singleElement()
                .asString()
                .contains(
                        "Port " + port + " is taken and becomes free by itself in ",
                        "1 socket in TIME_WAIT on 127.0.0.1:" + port,
                        "Wait until then, or take another port; rebind why " + port + " tells more");
    }

    @Test
    @DisplayName(
            "When only a later generation could not bind over what is there, then that is what the cycles are to show")
    void laterGeneration() throws IOException {
        try (PosixSocket server = listen("127.0.0.1", true);
                PosixSocket client = PosixSocket.open(Family.IPV4).connect(endpoint("127.0.0.1", port))) {
            server.accept().close();
            assertThat(client.readable(java.time.Duration.ofSeconds(10))).isTrue();
            assertThat(client.receive(1)).isEmpty();
        }
        String target = "target: {server: {port: " + port + "}}, ";
        assertThat(problems("{" + target + "reuseAddress: {sequence: [true, false]}}"))
                .isEmpty();
        assertThat(problems("{" + target + "reuseAddress: {sequence: [false, true]}}"))
                .hasSize(1);
    }

    @Test
    @DisplayName("When an address is not of this machine, then the field of each that is says so")
    void addresses() {
        assertThat(problems("""
                        target: {server: {address: 198.51.100.1}}
                        steps:
                          - obstacle: {kind: listener, address: 198.51.100.2}
                          - target:
                              server: {address: 198.51.100.3}
                        """))
                .containsExactly(
                        "f.yaml:5: spec.target.server.address: 198.51.100.1 is not an address of this machine; write one that it"
                                + " has (ip address shows them), or 127.0.0.1",
                        "f.yaml:7: spec.steps[0].obstacle.address: 198.51.100.2 is not an address of this machine; write one that"
                                + " it has (ip address shows them), or 127.0.0.1",
                        "f.yaml:9: spec.steps[1].target.server.address: 198.51.100.3 is not an address of this machine; write one"
                                + " that it has (ip address shows them), or 127.0.0.1");
        assertThat(problems("cells: [{old: {address: 127.0.0.1}, new: {address: 198.51.100.1}}]"))
                .singleElement()
                .asString()
                .startsWith("f.yaml:4: spec.cells[0]: 198.51.100.1 is not");
    }

    @Test
    @DisplayName(
            "When an address is refused because no port of ip_local_port_range is free, then it is there all the same")
    void noFreePort() {
        assertThat(MachineCheck.isThere(refused(Errno.EADDRINUSE))).isTrue();
        assertThat(MachineCheck.isThere(refused(Errno.EADDRNOTAVAIL))).isFalse();
    }

    private static BindTrial.Refused refused(Errno errno) {
        return new BindTrial.Refused(new PosixException("bind", errno.number()));
    }

    @Test
    @DisplayName("When the port lies in ip_local_port_range, then a warning says so, unless it is reserved")
    void ephemeral() throws IOException {
        Files.writeString(folder.resolve("ip_local_port_range"), port + "\t" + port + "\n");
        String yaml = "target: {server: {port: " + port + "}}";
        RunnablePlan fit = fit(with(new Namespace(folder), new Rights()), yaml);
        assertThat(fit.possible()).isTrue();
        assertThat(lines(fit))
                .singleElement()
                .asString()
                .startsWith("f.yaml:4: warning: spec.target.server.port: " + port
                        + " lies in net.ipv4.ip_local_port_range (" + port + " to " + port + "): ");

        Files.writeString(folder.resolve("ip_local_reserved_ports"), "1-2," + port + "\n");
        assertThat(lines(fit(with(new Namespace(folder), new Rights()), yaml))).isEmpty();
    }

    @Test
    @DisplayName("When sockets are to be destroyed without the right to, then that is an error")
    void clear() throws IOException {
        Path status = Files.writeString(folder.resolve("status"), "Name:\tx\nCapEff:\t00000000a80425fb\n");
        assertThat(new Rights(status).has(Rights.Right.CAP_NET_ADMIN)).contains(false);
        assertThat(new Rights(status).has(Rights.Right.CAP_NET_BIND_SERVICE)).contains(true);
        assertThat(new Rights(folder.resolve("none")).has(Rights.Right.CAP_NET_ADMIN))
                .isEmpty();
        assertThat(lines(fit(with(new Namespace(), new Rights(status)), "onFailure: clear")))
                .singleElement()
                .asString()
                .startsWith("f.yaml:4: spec.onFailure: clear destroys sockets, which needs CAP_NET_ADMIN");
        Files.writeString(status, "CapEff:\t000001ffffffffff\n");
        assertThat(lines(fit(with(new Namespace(), new Rights(status)), "onFailure: clear")))
                .isEmpty();
    }

    @Test
    @DisplayName("When a port is privileged and this process may not, then the limit and the right are named")
    void privileged() {
        int limit = new Namespace().unprivilegedPortStart().orElse(0);
        assumeThat(new Rights().has(Rights.Right.CAP_NET_BIND_SERVICE)).contains(false);
        assumeThat(limit).isGreaterThan(1);
        assertThat(problems("target: {server: {port: 1}}"))
                .containsExactly(
                        "f.yaml:4: spec.target.server.port: 1 needs CAP_NET_BIND_SERVICE, which this process does not"
                                + " have: ports below " + limit
                                + " (net.ipv4.ip_unprivileged_port_start) do; take a higher port");
    }

    @Test
    @DisplayName("When the bundled experiments are looked at, then this machine can do them")
    void tour() {
        for (Sourced sourced : Tour.experiments()) {
            RunnablePlan fit = MachineCheck.here().fit(Planner.plan(sourced.experiment()), sourced.source());
            assertThat(fit.possible()).isTrue();
        }
    }

    private PosixSocket listen(String address, boolean reuse) throws PosixException {
        return PosixSocket.open(Family.IPV4)
                .reuseAddress(reuse)
                .bind(endpoint(address, port))
                .listen(1);
    }

    private static Endpoint endpoint(String address, int port) {
        return new Endpoint(InetAddress.ofLiteral(address), port);
    }

    private static MachineCheck with(Namespace namespace, Rights rights) {
        return new MachineCheck(namespace, rights);
    }

    private static List<String> problems(String spec) {
        return lines(fit(MachineCheck.here(), spec));
    }

    private static List<String> lines(RunnablePlan fit) {
        return fit.problems().stream().map(Problem::toString).toList();
    }

    /** A spec in one line stands in line 4, one of several lines begins in line 5. */
    private static RunnablePlan fit(MachineCheck machine, String spec) {
        String whole = "apiVersion: rebind.dev/v1alpha1\nkind: RebindExperiment\nmetadata: {name: a}\nspec:"
                + (spec.contains("\n") ? "\n" + spec.indent(2) : spec.startsWith("{") ? " " + spec : " {" + spec + "}")
                + "\n";
        var read = (Read.Experiments) ExperimentFile.read("f.yaml", new StringReader(whole));
        Sourced sourced = read.experiments().getFirst();
        Plan plan = Planner.plan(sourced.experiment());
        return machine.fit(plan, sourced.source());
    }
}
