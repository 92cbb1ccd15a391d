package dev.rebind.agent.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On real processes and sockets. */
class CommandAgentTest {
    private static final Duration GRACE = Duration.ofSeconds(20);
    /** Enough for a plain server to listen on a busy machine. */
    private static final Duration SHORT = Duration.ofSeconds(10);

    private final int port = FreePorts.next();

    @TempDir
    Path folder = Path.of("");

    private Commands commands = new Commands(port, folder);
    private @Nullable CommandAgent agent;

    @BeforeEach
    void begin() {
        commands = new Commands(port, folder.resolve("output.log"));
    }

    @AfterEach
    void end() {
        if (agent != null) {
            agent.close();
        }
        assertThat(commands.living()).isEmpty();
    }

    private CommandAgent agent(CommandSettings command) {
        return agent(command, KnownCommand.NOTHING);
    }

    private CommandAgent agent(CommandSettings command, KnownCommand known) {
        CommandAgent made = commands.agent(command, known);
        agent = made;
        return made;
    }

    private Start.Bound bound(CommandAgent of, int generation) {
        Start start = of.start(commands.settings(generation));
        assertThat(start).isInstanceOf(Start.Bound.class);
        return (Start.Bound) start;
    }

    private Start.Failed failed(CommandAgent of, int generation) {
        Start start = of.start(commands.settings(generation));
        assertThat(start).isInstanceOf(Start.Failed.class);
        return (Start.Failed) start;
    }

    /**
     * The first generation is bound and stopped; the second one fails.
     *
     * @param otherwise this file makes the server behave otherwise
     */
    private Start.Failed failedAgain(CommandAgent of, Path otherwise) throws IOException {
        bound(of, 1);
        of.stop(1, StopWay.close, GRACE);
        Files.createFile(otherwise);
        return failed(of, 2);
    }

    private String broken(CommandSettings command) {
        Start start = agent(command).start(commands.settings(1));
        assertThat(start).isInstanceOf(Start.Broken.class);
        return ((Start.Broken) start).why();
    }

    private void leaveTimeWait(CommandAgent of) throws IOException {
        leaveTimeWait(of, "127.0.0.1");
    }

    private void leaveTimeWait(CommandAgent of, String address) throws IOException {
        try (Socket client = new Socket(InetAddress.ofLiteral(address), port)) {
            // Accepted, and not only in the queue: what waits there is reset at its end.
            await().until(() -> of.look(commands.place()).local() instanceof Snapshot snapshot
                    && snapshot.sockets().stream()
                            .anyMatch(socket -> socket.state() == TcpState.ESTABLISHED && socket.inode() != 0));
            of.stop(1, StopWay.kill, GRACE);
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "When a server listens, then it is bound, its options are read, and SIGTERM ends it with its exit code")
    void listens() {
        CommandAgent one = agent(commands.server("reuse"));

        Start.Bound bound = bound(one, 1);

        assertThat(bound.pids()).hasSize(1);
        assertThat(one.report().fresh()).singleElement().satisfies(listening -> {
            assertThat(listening.local()).endsWith("127.0.0.1:" + port);
            assertThat(listening.reuseAddress()).contains(true);
            assertThat(listening.reusePort()).contains(false);
            assertThat(listening.holders()).isEqualTo(1);
        });
        assertThat(one.stop(1, StopWay.close, GRACE))
                .isInstanceOfSatisfying(
                        Stop.Stopped.class,
                        stopped -> assertThat(stopped.exitCode()).isEqualTo(143));
        assertThat(one.report().leftBehind()).isEmpty();
        assertThat(one.report().old()).isNotEmpty();
    }

    @Test
    @DisplayName("When a server that was bound ends without an order, then how it has ended is known")
    void endsByItself() {
        CommandAgent one = agent(commands.server("reuse"));
        Start.Bound bound = bound(one, 1);
        assertThat(one.ended()).isEmpty();

        ProcessHandle.of(bound.pids().getFirst()).orElseThrow().destroyForcibly();

        await().untilAsserted(() -> assertThat(one.ended()).hasValue(137));
    }

    @Test
    @DisplayName(
            "When a server listens on every address, then its failed bind is told there, and what is left at all of them")
    void everyAddress() throws IOException {
        CommandAgent one = agent(commands.server("at=0.0.0.0"));
        Start.Bound bound = bound(one, 1);
        leaveTimeWait(one, "127.0.0.9");

        Start.Failed failed = failed(one, 2);

        assertThat(InetAddress.ofLiteral(bound.place().address()).isAnyLocalAddress())
                .isTrue();
        assertThat(failed.settings().place()).isEqualTo(bound.place());
        assertThat(one.explain(failed).explanation().cause()).isEqualTo(Cause.time_wait);
        assertThat(one.look(commands.place()).local())
                .isInstanceOfSatisfying(
                        Snapshot.class,
                        snapshot -> assertThat(snapshot.sockets())
                                .anyMatch(socket -> socket.state() == TcpState.TIME_WAIT
                                        && socket.local().host().equals("127.0.0.9")));
    }

    @Test
    @DisplayName(
            "When a server without SO_REUSEADDR is restarted over TIME_WAIT, then its failed bind is explained by it")
    void timeWait() throws IOException {
        CommandAgent one = agent(commands.server());
        bound(one, 1);
        leaveTimeWait(one);

        Start.Failed failed = failed(one, 2);
        Explanation why = one.explain(failed).explanation();

        assertThat(failed.errno()).isEqualTo("EADDRINUSE");
        assertThat(why.cause()).isEqualTo(Cause.time_wait);
        assertThat(why.confident()).isTrue();
        assertThat(why.prevention()).contains("SO_REUSEADDR");
        assertThat(one.report().words()).anyMatch(line -> line.contains("Address already in use"));
        assertThat(one.report().old())
                .extracting(CommandReport.Listening::reuseAddress)
                .containsExactly(Optional.of(false));
    }

    @Test
    @DisplayName(
            "When a restarted server listens and ends half a second later, as over a second port, then that is no bind that"
                    + " has passed for good, and none that has failed on its port")
    void endsSoon() throws IOException {
        CommandAgent one = agent(commands.server("reuse", "ends-soon-after=" + folder.resolve("again")));
        bound(one, 1);
        leaveTimeWait(one);
        Files.createFile(folder.resolve("again"));

        Start.Failed failed = failed(one, 2);

        assertThat(failed.errno()).isNull();
        assertThat(failed.message())
                .contains("it listened on port " + port + ", and ended with exit code 3 soon after", "admin listener");
        assertThat(one.explain(failed).explanation().cause()).isEqualTo(Cause.unknown);
    }

    @Test
    @DisplayName("When a server says nothing of its failed bind, then the cause is concluded from the port, and that is"
            + " said")
    void silent() throws IOException {
        CommandAgent one = agent(commands.server("silent"));
        bound(one, 1);
        leaveTimeWait(one);

        Start.Failed failed = failed(one, 2);
        Explanation why = one.explain(failed).explanation();

        assertThat(failed.errno()).isNull();
        assertThat(failed.message()).contains("exit code 1");
        assertThat(why.cause()).isEqualTo(Cause.time_wait);
        assertThat(why.confident()).isFalse();
        assertThat(why.doubts()).anyMatch(doubt -> doubt.contains("names no errno"));
    }

    @Test
    @DisplayName("When a server with SO_REUSEADDR is restarted over TIME_WAIT, then it is bound")
    void reuse() throws IOException {
        CommandAgent one = agent(commands.server("reuse"));
        bound(one, 1);
        leaveTimeWait(one);

        bound(one, 2);

        assertThat(one.report().old())
                .extracting(CommandReport.Listening::reuseAddress)
                .containsExactly(Optional.of(true));
    }

    @Test
    @DisplayName("When a server tries again by itself, then the failure is told at once, and the same process is bound"
            + " later")
    void retries() throws IOException {
        CommandAgent one = agent(commands.server("retries"));
        bound(one, 1);
        one.stop(1, StopWay.kill, GRACE);
        Start.Failed failed;
        try (var obstacle = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            failed = failed(one, 2);
            assertThat(one.explain(failed).explanation().cause()).isEqualTo(Cause.listener_other);
            assertThat(obstacle.isBound()).isTrue();
        }
        List<ProcessHandle> before = commands.living().toList();

        Start.Bound bound = boundAtLast(one);

        assertThat(failed.errno()).isEqualTo("EADDRINUSE");
        assertThat(before).extracting(ProcessHandle::pid).containsAll(bound.pids());
    }

    @Test
    @DisplayName(
            "When a server takes another port after a failed bind, then that is the same failure, and the port is told")
    void takesAnotherPort() throws IOException {
        CommandAgent one = agent(commands.command(
                commands.plain(port, "moves"), new CommandSettings.Readiness.Listening(), Duration.ofSeconds(10)));
        bound(one, 1);
        one.stop(1, StopWay.kill, GRACE);
        try (var obstacle = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThat(failed(one, 2).errno()).isEqualTo("EADDRINUSE");
            assertThat(obstacle.isBound()).isTrue();
        }
        Start.Failed later = failed(one, 2);
        assertThat(later.errno()).isEqualTo("EADDRINUSE");
        assertThat(later.message()).contains("listens on 127.0.0.1:", "and not on 127.0.0.1:" + port);
    }

    /** What it said of its former tries may be read after the obstacle is gone. */
    private Start.Bound boundAtLast(CommandAgent one) {
        Start start = one.start(commands.settings(2));
        while (start instanceof Start.Failed) {
            start = one.start(commands.settings(2));
        }
        assertThat(start).isInstanceOf(Start.Bound.class);
        return (Start.Bound) start;
    }

    @Test
    @DisplayName(
            "When a second run is started beside the first, then SO_REUSEPORT lets it bind, and the first can be ended after it")
    void besideItself() {
        CommandAgent one = agent(commands.server("reuse-port"));
        bound(one, 1);

        Start.Bound second = bound(one, 2);

        assertThat(second.beside()).singleElement().satisfies(beside -> {
            assertThat(beside.gets()).isEqualTo("a_share");
            assertThat(second.pids()).doesNotContainAnyElementsOf(beside.pids());
        });
        assertThat(one.stop(1, StopWay.close, GRACE)).isInstanceOf(Stop.Stopped.class);
        assertThat(one.report().fresh()).isNotEmpty();
        assertThat(one.stop(2, StopWay.close, GRACE)).isInstanceOf(Stop.Stopped.class);
    }

    @Test
    @DisplayName("When a second run cannot bind beside the first, then it alone is given up, and the first goes on")
    void notBesideItself() {
        CommandAgent one = agent(commands.server("reuse", "retries"));
        Start.Bound first = bound(one, 1);

        Start.Failed failed = failed(one, 2);

        assertThat(one.explain(failed).explanation().cause()).isEqualTo(Cause.listener_old);
        assertThat(commands.living().map(ProcessHandle::pid)).containsExactlyInAnyOrderElementsOf(first.pids());
        assertThat(one.stop(1, StopWay.close, GRACE)).isInstanceOf(Stop.Stopped.class);
    }

    @Test
    @DisplayName("When a program ends at once, then its exit code and its last words are told")
    void dies() {
        assertThat(broken(commands.server("dies")))
                .contains("exit code 7", "port " + port, "there is no configuration");
    }

    @Test
    @DisplayName("When a program is killed before it listens, then the signal is told")
    void killedAtOnce() {
        CommandSettings command =
                commands.command(List.of("sh", "-c", "kill -9 $$"), new CommandSettings.Readiness.Listening(), SHORT);

        assertThat(broken(command)).contains("signal 9", "it wrote nothing");
    }

    @Test
    @DisplayName("When there is no such program, then the errno is told")
    void noProgram() {
        CommandSettings command =
                commands.command(List.of("/no/such/program"), new CommandSettings.Readiness.Listening(), SHORT);

        assertThat(broken(command)).contains("/no/such/program", "ENOENT");
    }

    @Test
    @DisplayName("When a server listens on another port, then the port is told")
    void elsewhere() {
        int other = FreePorts.next();
        CommandSettings command =
                commands.command(commands.plain(other), new CommandSettings.Readiness.Listening(), SHORT);

        assertThat(broken(command))
                .contains("listens on", "127.0.0.1:" + other, "and not on 127.0.0.1:" + port)
                .contains("--port " + other + " is its port");
    }

    @Test
    @DisplayName("When a server listens for IPv6 only, then the option that reaches it is written as people write it")
    void anotherFamily() {
        assumeTrue(Files.exists(Path.of("/proc/self/net/if_inet6")), "IPv6 is needed");
        assertThat(broken(commands.command(
                        commands.plain(port, "reuse", "at=::1"), new CommandSettings.Readiness.Listening(), SHORT)))
                .contains("[::1]:" + port, "--address ::1 reaches it");
    }

    @Test
    @DisplayName("When a server listens on another address of the port, then the option that reaches it is told")
    void anotherAddress() {
        assertThat(broken(commands.command(
                        commands.plain(port, "reuse", "at=127.0.0.9"),
                        new CommandSettings.Readiness.Listening(),
                        SHORT)))
                .contains("127.0.0.9:" + port, "--address 127.0.0.9 reaches it");
    }

    @Test
    @DisplayName(
            "When a server listens on several addresses, then each has its own options, the clients' one first, and none"
                    + " of them is somebody else's")
    void severalAddresses() throws IOException {
        CommandAgent one = agent(commands.server("reuse", "also=127.0.0.9"));

        Start.Bound bound = bound(one, 1);

        assertThat(bound.beside()).isEmpty();
        assertThat(one.report().fresh())
                .extracting(CommandReport.Listening::reuseAddress)
                .containsExactly(Optional.of(true), Optional.of(false));
        assertThat(one.report().fresh().getFirst().local()).endsWith("127.0.0.1:" + port);
        leaveTimeWait(one);
        bound(one, 2);
    }

    @Test
    @DisplayName(
            "When a server without SO_REUSEADDR listens for the clients, and with it elsewhere, then its failed bind is"
                    + " explained by the option of the clients' listener")
    void severalAddressesWithout() throws IOException {
        CommandAgent one = agent(commands.server("also=127.0.0.9", "also-reuse"));
        bound(one, 1);
        leaveTimeWait(one);

        Explanation why = one.explain(failed(one, 2)).explanation();

        assertThat(why.cause()).isEqualTo(Cause.time_wait);
        assertThat(why.confident()).isTrue();
    }

    @Test
    @DisplayName(
            "When a server sets SO_REUSEADDR after its bind, then its failed bind is explained as one without it, and that is"
                    + " said")
    void tooLate() throws IOException {
        CommandAgent one = agent(commands.server("reuse-too-late", "names-port"));
        bound(one, 1);
        leaveTimeWait(one);

        Explanation why = one.explain(failed(one, 2)).explanation();

        assertThat(one.report().old())
                .extracting(CommandReport.Listening::reuseAddress)
                .containsExactly(Optional.of(true));
        assertThat(why.cause()).isEqualTo(Cause.time_wait);
        assertThat(why.confident()).isFalse();
        assertThat(why.doubts()).anyMatch(doubt -> doubt.contains("sets the option after bind"));
    }

    @Test
    @DisplayName(
            "When such a server does not say for what its errno is, then its cause is not known, and what is possible is said")
    void tooLateWithoutPort() throws IOException {
        CommandAgent one = agent(commands.server("reuse-too-late"));
        bound(one, 1);
        leaveTimeWait(one);

        Start.Failed failed = failed(one, 2);
        Explanation why = one.explain(failed).explanation();

        assertThat(failed.errno()).isNull();
        assertThat(why.cause()).isEqualTo(Cause.unknown);
        assertThat(why.doubts())
                .anyMatch(doubt -> doubt.contains("names EADDRINUSE and does not tell for what")
                        && doubt.contains("sets the option after bind"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cannot bind /tmp/x.sock: Address already in use | names EADDRINUSE for something else than this port",
                "cannot bind control socket /run/x.sock: Permission denied | names EACCES for something else than this port",
                "hint: run fuser when you see 'Address already in use' | names EADDRINUSE and does not tell for what",
                "cannot bind: Cannot assign requested address | names EADDRNOTAVAIL and does not tell for what",
            })
    @DisplayName(
            "When a server with SO_REUSEADDR ends before its bind, then an errno of something else is no cause, and no"
                    + " failed bind of its port is told")
    void errnoOfSomethingElse(String words, String doubt) throws IOException {
        Path again = folder.resolve("again");
        CommandAgent one = agent(commands.server("reuse", "fails-when=" + again, "failure=" + words));
        bound(one, 1);
        leaveTimeWait(one);
        Files.createFile(again);

        Start.Failed failed = failed(one, 2);
        Explanation why = one.explain(failed).explanation();

        assertThat(failed.errno()).isNull();
        assertThat(failed.message()).contains(words);
        assertThat(why.cause()).isEqualTo(Cause.unknown);
        assertThat(why.doubts()).anyMatch(told -> told.contains(doubt));
        assertThat(one.report().words()).contains(words);
    }

    @Test
    @DisplayName(
            "When a server without SO_REUSEADDR ends for want of a file, then TIME_WAIT on its port is not its cause")
    void errnoOfSomethingElseWhileBlocked() throws IOException {
        Path again = folder.resolve("again");
        CommandAgent one = agent(
                commands.server("fails-when=" + again, "failure=cannot bind /tmp/x.sock: Address already in use"));
        bound(one, 1);
        leaveTimeWait(one);
        Files.createFile(again);

        Explanation why = one.explain(failed(one, 2)).explanation();

        assertThat(why.cause()).isEqualTo(Cause.unknown);
        assertThat(why.doubts()).anyMatch(told -> told.contains("what is on the port would refuse a bind there, too"));
    }

    @Test
    @DisplayName(
            "When a server moves to another port without an errno while its port is blocked, then it is told where it"
                    + " listens, in its own words too")
    void movesSilently() throws IOException {
        CommandAgent one = agent(commands.server("moves-silently"));
        bound(one, 1);
        leaveTimeWait(one);

        Start.Failed failed = failed(one, 2);

        assertThat(failed.errno()).isNull();
        assertThat(failed.message())
                .contains(
                        "it runs and listens on 127.0.0.1:",
                        "and not on 127.0.0.1:" + port + ", while that port is blocked",
                        "taking another port");
        assertThat(one.report().words()).contains("taking another port");
        assertThat(one.explain(failed).explanation().cause()).isEqualTo(Cause.time_wait);
    }

    @Test
    @DisplayName(
            "When a server that was bound listens elsewhere at its next start, though its port is free, then it does not come back,"
                    + " and it is told where it listens")
    void elsewhereAgain() throws IOException {
        Path again = folder.resolve("again");
        CommandAgent one = agent(commands.command(
                commands.plain(port, "reuse", "elsewhere-when=" + again),
                new CommandSettings.Readiness.Listening(),
                SHORT));
        Start.Failed failed = failedAgain(one, again);

        assertThat(failed.errno()).isNull();
        assertThat(failed.message()).contains("listens on 127.0.0.1:", "and not on 127.0.0.1:" + port);
        assertThat(one.explain(failed).explanation().cause()).isEqualTo(Cause.unknown);
    }

    @Test
    @DisplayName(
            "When a server that was ready listens at its next start and does not become ready, then it does not come back, and its own"
                    + " listener is not told as what is in its way")
    void listensAgainAndIsNotReady() throws IOException {
        Path again = folder.resolve("mute");
        CommandAgent one = agent(commands.command(
                commands.plain(port, "reuse", "mute-when=" + again),
                new CommandSettings.Readiness.Log("serving"),
                SHORT));
        Start.Failed failed = failedAgain(one, again);

        assertThat(failed.errno()).isNull();
        assertThat(failed.message()).contains("listens on 127.0.0.1:" + port, "and is not ready");
        Explanation explanation = one.explain(failed).explanation();
        assertThat(explanation.cause()).isEqualTo(Cause.unknown);
        assertThat(explanation.doubts()).anySatisfy(doubt -> assertThat(doubt).contains("Its bind had passed"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "When what another listener of a server has left is in the way of that one, then it is told where, be it on another"
                    + " port or on another address")
    void blockedElsewhere(boolean otherPort) throws IOException {
        var also = new InetSocketAddress(
                InetAddress.ofLiteral(otherPort ? "127.0.0.1" : "127.0.0.9"), otherPort ? FreePorts.next() : port);
        String told = also.getAddress().getHostAddress() + ":" + also.getPort();
        CommandAgent one = agent(commands.server("reuse", "also=" + told));
        bound(one, 1);
        try (var client = new Socket(also.getAddress(), also.getPort())) {
            assertThat(client.getInputStream().read()).isEqualTo('+');
            one.beforeStop();
            one.stop(1, StopWay.kill, GRACE);

            Explanation why = one.explain(failed(one, 2)).explanation();

            assertThat(why.cause()).isEqualTo(Cause.unknown);
            assertThat(why.doubts())
                    .anyMatch(doubt -> doubt.contains("The old server also listened on " + told)
                            && !doubt.contains("sets the option after bind"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("When a server turns SO_REUSEADDR off on its connections, then its failed bind is explained by that")
    void connectionsWithout(boolean namesPort) throws IOException {
        CommandAgent one = agent(
                namesPort
                        ? commands.server("reuse", "connections-without", "names-port")
                        : commands.server("reuse", "connections-without"));
        bound(one, 1);
        try (var client = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            await().untilAsserted(() -> {
                one.beforeStop();
                assertThat(one.report().before().audit())
                        .hasValueSatisfying(audit ->
                                assertThat(audit.restart()).isInstanceOf(RestartOutlook.BlockedByItsConnections.class));
            });
            one.stop(1, StopWay.kill, GRACE);

            Explanation why = one.explain(failed(one, 2)).explanation();

            assertThat(client.isConnected()).isTrue();
            assertThat(why.doubts()).anyMatch(doubt -> doubt.contains("the old server had connections without the"));
            assertThat(why.doubts()).noneMatch(doubt -> doubt.contains("sets the option after bind"));
        }
    }

    @Test
    @DisplayName(
            "When nothing is measured any more, then a server ends in order, so that another agent can start it again")
    void endsInOrder() throws IOException {
        String file = "pid-file=" + folder.resolve("server.pid");
        CommandAgent one = agent(commands.server("reuse", file));
        bound(one, 1);
        one.stop(1, StopWay.reset, GRACE);
        assertThat(folder.resolve("server.pid")).doesNotExist();
        bound(one, 2);

        one.close();

        assertThat(folder.resolve("server.pid")).doesNotExist();
    }

    @Test
    @DisplayName(
            "When the first run of another agent ends over what an earlier one has left, then that is asked with the"
                    + " options that are known, and is no cause of it")
    void knownOptions() throws IOException {
        Path again = folder.resolve("again");
        CommandAgent one = agent(commands.server("reuse"));
        bound(one, 1);
        leaveTimeWait(one);
        one.close();
        Files.createFile(again);

        Start known = agent(commands.server("fails-when=" + again, "failure=already running"), one.known())
                .start(commands.settings(1));
        Objects.requireNonNull(agent).close();
        Start unknown = agent(commands.server("fails-when=" + again, "failure=already running"))
                .start(commands.settings(1));

        for (Start start : List.of(known, unknown)) {
            assertThat(start)
                    .isInstanceOfSatisfying(
                            Start.Broken.class,
                            broken -> assertThat(broken.why()).contains("exit code 1", "already running"));
        }
    }

    @Test
    @DisplayName(
            "When a server listens in a network namespace of its own, then that is told, and not that it does not listen")
    void anotherNetwork() throws IOException, InterruptedException {
        assumeTrue(new ProcessBuilder("unshare", "--net", "true").start().waitFor() == 0, "CAP_SYS_ADMIN is needed");
        var argv = new ArrayList<>(List.of("unshare", "--net"));
        argv.addAll(List.of("sleep", "100"));

        assertThat(broken(commands.command(argv, new CommandSettings.Readiness.Listening(), Duration.ofSeconds(2))))
                .contains("does not listen on any port of this network namespace: sleep (pid ", "is in another one");
    }

    @Test
    @DisplayName("When a program never listens, then that is told")
    void never() {
        CommandSettings command = commands.command(
                List.of("sleep", "100"), new CommandSettings.Readiness.Listening(), Duration.ofSeconds(1));

        assertThat(broken(command)).contains("does not listen on any port");
    }

    @Test
    @DisplayName("When a server is to write a text before it is ready, then that is waited for")
    void readyByLog() {
        CommandSettings command = commands.command(
                commands.plain(port, "reuse"), new CommandSettings.Readiness.Log("serving"), Duration.ofSeconds(60));

        bound(agent(command), 1);
    }

    @Test
    @DisplayName("When a server that listens never becomes ready, then what is missing is told")
    void neverReady() {
        CommandSettings command = commands.command(
                commands.plain(port, "reuse"), new CommandSettings.Readiness.Log("no such words"), SHORT);

        assertThat(broken(command)).contains("it has not written \"no such words\"");
    }

    @Test
    @DisplayName("When a server ignores SIGTERM, then it is killed after the grace period")
    void ignoresSigterm() {
        CommandAgent one = agent(commands.server("ignores-sigterm"));
        bound(one, 1);

        assertThat(one.stop(1, StopWay.close, Duration.ofMillis(300))).isInstanceOf(Stop.Killed.class);

        assertThat(one.report().exitCode()).hasValue(137);
    }

    @Test
    @DisplayName("When the server was started again by a supervisor within the command, then that one keeps the port")
    void startedAgainWithin() {
        CommandAgent one = agent(commands.withSupervisor(folder.resolve("second.log"), "reuse"));
        bound(one, 1);

        one.stop(1, StopWay.close, GRACE);

        assertThat(one.report().leftBehind()).singleElement().matches(CommandReport.LeftBehind::listens);
    }

    @Test
    @DisplayName(
            "When a child has the listener and a connection from its parent, then its descriptors are told, and those that it has not are not")
    void inherited() throws IOException {
        String program = """
                import os, socket, subprocess, sys
                server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
                client, _ = server.accept()
                server.set_inheritable(True)
                client.set_inheritable(True)
                alone = subprocess.Popen(["sleep", "600"])
                heir = subprocess.Popen(["sleep", "700"], close_fds=False)
                print("children", heir.pid, server.fileno(), client.fileno(), flush=True)
                server.accept()
                """;
        CommandAgent one = agent(commands.command(
                List.of("python3", "-c", program, Integer.toString(port), commands.mark),
                new CommandSettings.Readiness.Listening(),
                Duration.ofSeconds(60)));
        bound(one, 1);
        Path output = folder.resolve("output.log");
        try (Socket client = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            await().until(() -> Files.readString(output).contains("children"));
            String[] told = Files.readString(output).strip().split(" ");

            one.beforeStop();

            assertThat(client.isConnected()).isTrue();
            assertThat(one.report().before().inherited())
                    .containsExactly(new BeforeStop.Inherited(
                            Long.parseLong(told[1]),
                            "sleep",
                            List.of(Integer.parseInt(told[2])),
                            List.of(Integer.parseInt(told[3]))));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("When a server with a client is about to be stopped, then what an audit says of a restart is kept")
    void audited(boolean reuse) throws IOException {
        CommandAgent one = agent(reuse ? commands.server("reuse") : commands.server());
        bound(one, 1);
        try (Socket client = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            one.beforeStop();

            assertThat(client.isConnected()).isTrue();
            assertThat(one.report().before().audit())
                    .hasValueSatisfying(audit -> assertThat(audit.restart())
                            .isInstanceOf(
                                    reuse
                                            ? RestartOutlook.BindsAtOnce.class
                                            : RestartOutlook.BlockedByItsConnections.class));
        }
    }

    @Test
    @DisplayName("When a child of the server outlives it, then it is told, and the agent ends it in the end")
    void leftBehind() {
        CommandAgent one = agent(commands.withOrphan("reuse"));
        bound(one, 1);

        one.stop(1, StopWay.close, GRACE);

        assertThat(one.report().leftBehind()).isNotEmpty().noneMatch(CommandReport.LeftBehind::listens);
        assertThat(Commands.orphans(port)).isNotEmpty();
        one.close();
        assertThat(Commands.orphans(port)).isEmpty();
    }

    @Test
    @DisplayName("When Rebind's process is killed, then nothing of the command is left, in whatever session it is")
    void killed() throws Exception {
        var line = new ArrayList<>(ChildJvm.likeThis().command());
        line.addAll(List.of(
                CommandProcess.class.getName(),
                Integer.toString(port),
                folder.resolve("output.log").toString()));
        Process process = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(said.readLine()).isEqualTo("bound");
            List<ProcessHandle> all = process.descendants().toList();
            // The guardian, the server, and the child in a session of its own.
            assertThat(all).hasSizeGreaterThanOrEqualTo(3);

            process.destroyForcibly().waitFor();

            await().until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(Commands.orphans(port)).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("When an earlier agent could not run the command, then it is not tried again")
    void unusable() {
        String why = broken(commands.server("dies"));
        KnownCommand known = Objects.requireNonNull(agent).known();
        Path output = folder.resolve("second.log");
        var second = new Commands(port, output).agent(commands.server(), known);
        agent = second;

        assertThat(second.start(commands.settings(1))).isEqualTo(new Start.Broken(1, why));
        assertThat(output).doesNotExist();
    }
}
