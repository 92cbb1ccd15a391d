package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Limit;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.look.NetNamespaces;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.CallerRights;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.diagnosis.seen.KernelAnswers;
import dev.rebind.diagnosis.seen.KernelSettings;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.diag.UdpSockets;
import dev.rebind.sockets.options.OptionsAnswer;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.SocketOwner;
import dev.rebind.sockets.posix.Errno;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("When something was seen that a test cannot bring about")
class ComputedTest {
    private static final InetAddress AWAY = InetAddress.ofLiteral("192.0.2.9");
    private static final InetAddress HERE = InetAddress.ofLiteral("fd00::1");

    private static Observation seen(
            Question question,
            List<TcpSocket> sockets,
            Errno refusal,
            CallerRights asker,
            NamespaceAddresses.State state) {
        var locals = new NamespaceAddresses(List.of(new NamespaceAddresses.Local(HERE, "eth0", state)), true);
        return new Observation(
                question,
                new Reading.Snapshot(Instant.EPOCH, 0, "inet_diag", sockets),
                Map.of(),
                Map.of(),
                new UdpSockets.Answer.Bound(List.of()),
                new SeenHolders.Seen(Map.of(), 3, false),
                Map.of(),
                List.of(),
                KernelAnswers.of(question.places(true).stream()
                        .flatMap(place -> List.of(false, true).stream()
                                .map(reuse ->
                                        new Attempt(place, reuse, new Attempt.Result.Refused(refusal.number(), true))))
                        .toList()),
                locals,
                KernelSettings.USUAL,
                new Nat.NotAsked(),
                asker,
                Facts.NONE);
    }

    private static final CallerRights NOBODY =
            new CallerRights(65_534, Optional.of(false), Optional.of(false), Optional.empty());
    private static final CallerRights ROOT =
            new CallerRights(0, Optional.of(true), Optional.of(true), Optional.empty());

    private static Diagnosis refused(int port, Errno errno, CallerRights asker) {
        return Decision.of(seen(Question.everywhere(port), List.of(), errno, asker, NamespaceAddresses.State.USABLE));
    }

    @Test
    @DisplayName("EACCES on a low port without the capability is the rule of privileged ports")
    void privileged() {
        Diagnosis diagnosis = refused(80, Errno.EACCES, NOBODY);
        assertThat(diagnosis.cause()).contains(Cause.privileged_port);
        assertThat(diagnosis.remedies()).containsExactly(new Remedy.GrantCapability(1_024, true));
    }

    @Test
    @DisplayName("EACCES on a high port, or with the capability, is that of a security module")
    void securityModule() {
        assertThat(refused(18_080, Errno.EACCES, NOBODY).cause()).contains(Cause.security_module);
        assertThat(refused(80, Errno.EACCES, ROOT).remedies()).containsExactly(new Remedy.AskSecurity());
    }

    @Test
    @DisplayName("EPERM is never the rule of privileged ports, and its name is said")
    void notPermitted() {
        Diagnosis diagnosis = refused(80, Errno.EPERM, NOBODY);
        assertThat(diagnosis.refusal()).contains(new Refusal.Security(Errno.EPERM.number(), true));
        assertThat(new Screen(ZoneOffset.UTC).headline(diagnosis))
                .contains("refuses the bind with EPERM")
                .doesNotContain("EACCES");
    }

    @Test
    @DisplayName("EADDRNOTAVAIL on an address that is being checked is not for good")
    void tentative() {
        var question = Question.at(80, HERE);
        assertThat(Decision.of(
                        seen(question, List.of(), Errno.EADDRNOTAVAIL, ROOT, NamespaceAddresses.State.TENTATIVE)))
                .satisfies(diagnosis -> {
                    assertThat(diagnosis.refusal()).contains(new Refusal.Tentative(HERE, "eth0"));
                    assertThat(diagnosis.verdict()).isEqualTo(Diagnosis.Verdict.NOT_KNOWN);
                });
        assertThat(Decision.of(seen(question, List.of(), Errno.EADDRNOTAVAIL, ROOT, NamespaceAddresses.State.DUPLICATE))
                        .cause())
                .contains(Cause.address_duplicate);
        assertThat(Decision.of(seen(question, List.of(), Errno.EADDRNOTAVAIL, ROOT, NamespaceAddresses.State.DOWN))
                        .cause())
                .contains(Cause.address_down);
    }

    @Test
    @DisplayName("keepalive ends a connection whose client does not answer, and not one that was not asked yet")
    void keepalive() {
        assertThat(kept(2)).satisfies(diagnosis -> {
            assertThat(diagnosis.verdict()).isEqualTo(Diagnosis.Verdict.FREE_LATER);
            // 9 probes in all, 75 s apart; 2 are not answered, and the third is sent in 10 s.
            assertThat(diagnosis.release())
                    .isInstanceOfSatisfying(
                            Ending.GivesUp.class,
                            ends -> assertThat(ends.about()).isEqualTo(Duration.ofSeconds(10 + 7 * 75)));
        });
        assertThat(kept(0).verdict()).isEqualTo(Diagnosis.Verdict.TAKEN);
    }

    @ParameterizedTest
    @CsvSource({"ESTABLISHED, 77", "CLOSE_WAIT, 77", "FIN_WAIT_1, 0", "LAST_ACK, 0"})
    @DisplayName(
            "where only /proc is read, when the kernel gives up a connection is not told, and not that no timer runs")
    void withoutCounts(TcpState state, long inode) {
        var timer = new SocketTimer(SocketTimer.Kind.RETRANSMIT, Duration.ofSeconds(3), 4);
        assertThat(Decision.of(seen(
                                Question.everywhere(8_080),
                                List.of(connection(state, timer, inode)),
                                Errno.EADDRINUSE,
                                NOBODY,
                                NamespaceAddresses.State.USABLE))
                        .release())
                .isInstanceOfSatisfying(
                        Ending.NotTold.class,
                        untold -> assertThat(untold.why()).startsWith("the other end acknowledges nothing"));
    }

    private static Diagnosis kept(int unanswered) {
        var timer = new SocketTimer(SocketTimer.Kind.KEEPALIVE, Duration.ofSeconds(10), unanswered);
        return Decision.of(seen(
                Question.everywhere(8_080),
                List.of(connection(TcpState.ESTABLISHED, timer, 77)),
                Errno.EADDRINUSE,
                NOBODY,
                NamespaceAddresses.State.USABLE));
    }

    private static TcpSocket connection(TcpState state, SocketTimer timer, long inode) {
        return TcpSocket.of(state, new Endpoint(InetAddress.ofLiteral("10.0.0.1"), 8_080), new Endpoint(AWAY, 40_000))
                .withTimer(timer)
                .withUid(1_000)
                .withInode(inode);
    }

    /** On every address of its family. */
    private static TcpSocket listener(String any, int uid) {
        InetAddress address = InetAddress.ofLiteral(any);
        return TcpSocket.of(TcpState.LISTEN, new Endpoint(address, 8_080), new Endpoint(address, 0))
                .withUid(uid)
                .withInode(77)
                .withV6Only(false);
    }

    @Test
    @DisplayName("processes that could not be looked into are told where a holder is not seen, and not where it is")
    void hiddenProcesses() {
        var listener = listener("::", 1_000);
        var holding = new SeenHolder(
                new SocketOwner(12, 3, OptionalInt.empty()),
                new ProcessAnswer.Gone(),
                Optional.empty(),
                new OptionsAnswer.Gone(),
                Optional.empty(),
                SeenHolder.Attention.UNKNOWN,
                Optional.empty());
        Observation unseen = seen(
                Question.everywhere(8_080), List.of(listener), Errno.EADDRINUSE, ROOT, NamespaceAddresses.State.USABLE);
        assertThat(Decision.of(unseen).limits()).anyMatch(Limit.ProcessesHidden.class::isInstance);

        Observation leftOut = seen(
                        Question.everywhere(8_080),
                        List.of(listener),
                        Errno.EADDRINUSE,
                        NOBODY,
                        NamespaceAddresses.State.USABLE)
                .withHoldings(new SeenHolders.Seen(Map.of(), 0, true));
        assertThat(Decision.of(leftOut).limits()).contains(new Limit.ProcessesHidden(0, Holder.Why.OTHER_USERS));
        assertThat(new Screen(ZoneOffset.UTC).lines(Decision.of(leftOut)))
                .anyMatch(line -> line.contains("/proc leaves out processes of other users (hidepid)")
                        && line.endsWith("root sees them."));

        Observation one = unseen.withHoldings(new SeenHolders.Seen(Map.of(), 1, false));
        assertThat(new Screen(ZoneOffset.UTC).lines(Decision.of(one)))
                .anyMatch(line -> line.contains("1 process could not be looked into")
                        && line.contains(": it is shut off even from CAP_SYS_PTRACE"));

        Observation held = unseen.withHoldings(new SeenHolders.Seen(Map.of(77L, List.of(holding)), 3, false));
        assertThat(Decision.of(held).limits()).noneMatch(Limit.ProcessesHidden.class::isInstance);
    }

    @Test
    @DisplayName("a worker that runs as another user than the one who opened the listener is not to be ended where its"
            + " master may be hidden")
    void hiddenMaster() {
        var listener = listener("0.0.0.0", 0);
        var worker = new MadeProcess(12, "nginx")
                .running("nginx: worker process")
                .ofUser(65_534, "nobody")
                .childOf(11)
                .inSession(11)
                .story();
        var holding = new SeenHolder(
                new SocketOwner(12, 3, OptionalInt.empty()),
                new ProcessAnswer.Known(worker),
                Optional.empty(),
                new OptionsAnswer.Gone(),
                Optional.empty(),
                SeenHolder.Attention.WAITS,
                Optional.empty());
        Observation seen = seen(
                Question.everywhere(8_080),
                List.of(listener),
                Errno.EADDRINUSE,
                NOBODY,
                NamespaceAddresses.State.USABLE);
        for (int hidden : new int[] {0, 3}) {
            Diagnosis diagnosis =
                    Decision.of(seen.withHoldings(new SeenHolders.Seen(Map.of(77L, List.of(holding)), hidden, false)));
            boolean perhaps = hidden > 0;
            assertThat(diagnosis.remedies().stream().anyMatch(Remedy.EndProcesses.class::isInstance))
                    .isEqualTo(!perhaps);
            assertThat(diagnosis.remedies().stream().anyMatch(Remedy.FindAsRoot.class::isInstance))
                    .isEqualTo(perhaps);
            assertThat(diagnosis.limits().stream().anyMatch(Limit.ProcessesHidden.class::isInstance))
                    .isEqualTo(perhaps);
        }
    }

    @Test
    @DisplayName(
            "a listener whose process is in another PID namespace: root is not advised where every process was seen")
    void elsewhere() {
        var listener = listener("0.0.0.0", 1_000);
        for (int hidden : new int[] {0, 3}) {
            Observation seen = seen(
                    Question.everywhere(8_080),
                    List.of(listener),
                    Errno.EADDRINUSE,
                    NOBODY,
                    NamespaceAddresses.State.USABLE);
            Observation some = seen.withHoldings(new SeenHolders.Seen(Map.of(), hidden, false));
            Diagnosis diagnosis = Decision.of(some);
            assertThat(diagnosis.cause()).hasValue(Cause.listener_unseen);
            assertThat(diagnosis.remedies().stream().anyMatch(Remedy.FindAsRoot.class::isInstance))
                    .isEqualTo(hidden > 0);
        }
    }

    @Test
    @DisplayName("another network namespace is entered by a thread that ends, as root")
    void namespaces() throws InterruptedException {
        Path own = NetNamespaces.ofProcess(ProcessHandle.current().pid());
        switch (NetNamespaces.in(own, () -> Files.exists(own))) {
            case NetNamespaces.Answer.Done<Boolean>(Boolean there) ->
                assertThat(there).isTrue();
            case NetNamespaces.Answer.Failed<Boolean>(String why) -> Assumptions.abort(why);
        }
        assertThat(NetNamespaces.in(NetNamespaces.named("nobody-made-it"), () -> 1))
                .isInstanceOf(NetNamespaces.Answer.Failed.class);
    }
}
