package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rebind.diagnosis.Diagnosis.Verdict;
import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.finding.Sharing;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.KernelAnswers;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.diagnosis.text.Clauses;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Rights;
import dev.rebind.sockets.release.ReleasePredictor;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When only some places of the port are taken")
class PlacesTest {
    private final int port = FreePorts.next();

    private static boolean six() {
        return Files.exists(Path.of("/proc/self/net/if_inet6"));
    }

    @Test
    @DisplayName("nothing on the port is free, for both families")
    void free() {
        Diagnosis diagnosis = Ports.why(port);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.FREE);
        assertThat(diagnosis.cause()).isEmpty();
        assertThat(diagnosis.remedies()).isEmpty();
    }

    @Test
    @DisplayName("an IPv6-only listener turns away a socket of both families, and an IPv4 one binds")
    void sixOnly() throws PosixException {
        assumeTrue(six(), "IPv6 is needed");
        try (PosixSocket listener = PosixSocket.open(Family.IPV6)
                .v6Only(true)
                .bind(new Endpoint(Ports.SIX, port))
                .listen(1)) {
            assertThat(listener.fd()).isNotNegative();
            Diagnosis diagnosis = Ports.why(port);
            assertThat(diagnosis.attempts())
                    .allMatch(attempt -> attempt.binds() == (attempt.place().family() == Family.IPV4));
            assertThat(diagnosis.verdict()).isEqualTo(Verdict.TAKEN);
            assertThat(diagnosis.remedies())
                    .contains(new Remedy.OneFamily(List.of(new Place(Family.IPV4, Ports.FOUR, false))));
            assertThat(Ports.why(Question.at(port, Ports.FOUR)).verdict()).isEqualTo(Verdict.FREE);
            assertThat(Ports.why(Question.ofJava(port, Ports.FOUR)).verdict()).isEqualTo(Verdict.TAKEN);
        }
    }

    @Test
    @DisplayName("where somebody listens on one address, every address is no advice for one that is not this machine's")
    void notLocalBesideListener() throws PosixException {
        try (PosixSocket listener = Ports.listener(Ports.LOOPBACK, port, true)) {
            assertThat(listener.fd()).isNotNegative();
            assertThat(Ports.why(Question.at(port, InetAddress.ofLiteral("192.0.2.1")))
                            .remedies())
                    .anySatisfy(remedy -> assertThat(remedy)
                            .isInstanceOfSatisfying(Remedy.UseLocalAddress.class, local -> {
                                assertThat(local.usable()).doesNotContain(Ports.LOOPBACK);
                                assertThat(local.every()).isFalse();
                            }));
        }
    }

    @Test
    @DisplayName("a listener on one address turns away a wildcard, and every other address binds")
    void oneAddress() throws PosixException {
        InetAddress other = InetAddress.ofLiteral("127.0.0.53");
        try (PosixSocket listener = Ports.listener(other, port, true)) {
            assertThat(listener.fd()).isNotNegative();
            Diagnosis diagnosis = Ports.why(port);
            assertThat(diagnosis.cause()).contains(Cause.listener_other);
            assertThat(diagnosis.remedies())
                    .anySatisfy(remedy -> assertThat(remedy)
                            .isInstanceOfSatisfying(Remedy.OtherAddress.class, addresses -> {
                                assertThat(addresses.free()).contains(Ports.LOOPBACK);
                                assertThat(addresses.taken()).containsExactly(other);
                            }));
            Diagnosis beside = Ports.why(Question.at(port, Ports.LOOPBACK));
            assertThat(beside.verdict()).isEqualTo(Verdict.FREE);
            assertThat(beside.sharing())
                    .singleElement()
                    .satisfies(sharing -> assertThat(sharing.gets()).isEqualTo(Sharing.Gets.ITS_ADDRESS));
        }
    }

    @Test
    @DisplayName("a listener on one device turns away a wildcard, and a server on another device binds")
    void oneDevice() throws PosixException, SocketException {
        try (PosixSocket listener = PosixSocket.open(Family.IPV4)) {
            listener.device("lo");
            listener.bind(new Endpoint(Ports.FOUR, port)).listen(1);
            Diagnosis diagnosis = Ports.why(Question.at(port, Ports.FOUR));
            Optional<Remedy> found = diagnosis.remedies().stream()
                    .filter(Remedy.OtherDevice.class::isInstance)
                    .findFirst();
            assertThat(found.isPresent())
                    .isEqualTo(NetworkInterface.networkInterfaces()
                            .anyMatch(device -> !device.getName().equals("lo")
                                    && device.inetAddresses().findAny().isPresent()));
            assumeTrue(found.isPresent(), "a second device with an address is needed");
            var other = (Remedy.OtherDevice) found.orElseThrow();
            assertThat(other.free()).doesNotContain("lo");
            for (String device : other.free()) {
                try (PosixSocket server = PosixSocket.open(Family.IPV4)) {
                    server.device(device);
                    assertThatCode(() ->
                                    server.bind(new Endpoint(Ports.FOUR, port)).listen(1))
                            .doesNotThrowAnyException();
                }
            }
            assertThat(Ports.why(Question.at(port, Ports.LOOPBACK)).remedies())
                    .as("clients of one address come in through its device")
                    .noneMatch(Remedy.OtherDevice.class::isInstance);
        }
        try (PosixSocket every = Ports.listener(Ports.FOUR, port, true)) {
            assertThat(every.fd()).isNotNegative();
            assertThat(Ports.why(port).remedies()).noneMatch(Remedy.OtherDevice.class::isInstance);
        }
    }

    @Test
    @DisplayName(
            "beside a listener on an address of one family, a server for the other one gets the clients of its own")
    void addressOfOtherFamily() throws PosixException {
        assumeTrue(six());
        try (PosixSocket one = Ports.listener(InetAddress.ofLiteral("::1"), port, false)) {
            assertThat(one.fd()).isNotNegative();
            assertThat(new Screen(ZoneOffset.UTC).lines(Ports.why(Question.at(port, Ports.FOUR))))
                    .anyMatch(line -> line.endsWith(
                            "gets the clients of its own address [::1], and the server those over IPv4."));
        }
    }

    @Test
    @DisplayName("what a connection has left on a device is told with the device's name, though no process has it")
    void leftOnDevice() throws PosixException {
        try (PosixSocket listener = PosixSocket.open(Family.IPV4)) {
            listener.device("lo");
            listener.bind(new Endpoint(Ports.FOUR, port)).listen(1);
            try (PosixSocket client = Ports.connected(port)) {
                listener.accept().close();
                client.receive(1);
            }
        }
        assertThat(new Screen(ZoneOffset.UTC).lines(Ports.why(port)))
                .anyMatch(line -> line.endsWith("bound to the network device lo."));
    }

    @Test
    @DisplayName("a listener of one family is said to get no clients of the other one beside a server on one address")
    void oneFamily() throws PosixException {
        assumeTrue(six());
        try (PosixSocket four = Ports.listener(Ports.FOUR, port, false)) {
            assertThat(four.fd()).isNotNegative();
            assertThat(new Screen(ZoneOffset.UTC).lines(Ports.why(Question.at(port, InetAddress.ofLiteral("::1")))))
                    .anyMatch(line -> line.contains(" on 0.0.0.0:" + port + " gets the clients over IPv4."))
                    .noneMatch(line -> line.contains("all other addresses"));
        }
    }

    @Test
    @DisplayName("SO_REUSEPORT of the same user lets a server bind, and who gets the clients is told")
    void reusePort() throws PosixException {
        try (PosixSocket listener = PosixSocket.open(Family.IPV4)
                .reusePort(true)
                .bind(new Endpoint(Ports.FOUR, port))
                .listen(1)) {
            assertThat(listener.fd()).isNotNegative();
            Diagnosis diagnosis = Ports.why(Question.at(port, Ports.FOUR));
            assertThat(diagnosis.verdict()).isEqualTo(Verdict.TAKEN);
            assertThat(diagnosis.remedies())
                    .contains(new Remedy.ReusePortHere(Rights.uid(), false))
                    .as("with SO_REUSEPORT in both, a restart binds over what its connections leave")
                    .doesNotContain(new Remedy.ReuseAddressOfHolder());
            // The other order would read as if it had neither.
            assertThat(new Screen(ZoneOffset.UTC).lines(diagnosis))
                    .anySatisfy(line -> assertThat(line).endsWith("It has SO_REUSEPORT and no SO_REUSEADDR."));
            assertThat(diagnosis.sharing()).singleElement().satisfies(sharing -> {
                assertThat(sharing.gets()).isEqualTo(Sharing.Gets.A_SHARE);
                assertThat(sharing.needsReusePort()).isTrue();
            });
            if (six()) {
                assertThat(Ports.why(Question.at(port, Ports.SIX)).sharing())
                        .singleElement()
                        .satisfies(sharing -> assertThat(sharing.gets()).isEqualTo(Sharing.Gets.ALL_IPV4));
            }
        }
    }

    @Test
    @DisplayName("SO_REUSEPORT beside what a connection has left, whose options nobody shows: the kernel is asked")
    void reusePortBesideLeftover() throws PosixException {
        try (PosixSocket listener = PosixSocket.open(Family.IPV4)
                .reusePort(true)
                .bind(new Endpoint(Ports.LOOPBACK, port))
                .listen(1)) {
            try (PosixSocket client = Ports.connected(port);
                    PosixSocket accepted = listener.accept()) {
                accepted.shutdownOutput();
                assertThat(client.fd()).isNotNegative();
            }
            Question question = Question.at(port, Ports.LOOPBACK);
            await().untilAsserted(() ->
                    assertThat(Ports.why(question).blocking()).anyMatch(blocker -> blocker.cause() == Cause.time_wait));
            assertThat(Ports.why(question).remedies()).contains(new Remedy.ReusePortHere(Rights.uid(), false));
            try (PosixSocket beside = PosixSocket.open(Family.IPV4).reusePort(true)) {
                beside.bind(new Endpoint(Ports.LOOPBACK, port)).listen(1);
            }
        }
    }

    @Test
    @DisplayName("where the kernel refuses a bind with SO_REUSEPORT, nobody is advised one, whatever the rule says")
    void refusedWithReusePort() throws PosixException {
        try (PosixSocket listener = PosixSocket.open(Family.IPV4)
                .reusePort(true)
                .bind(new Endpoint(Ports.FOUR, port))
                .listen(1)) {
            assertThat(listener.fd()).isNotNegative();
            Question question = Question.at(port, Ports.FOUR);
            var seen = new PortObserver(new ReleasePredictor())
                    .look(question, new PortObserver.Manner(true, false, false));
            assertThat(seen.sharing())
                    .singleElement()
                    .satisfies(answer -> assertThat(answer.binds()).isTrue());
            var refused = seen.with(new KernelAnswers(
                    seen.attempts(),
                    false,
                    List.of(new Attempt(
                            seen.sharing().getFirst().place(),
                            false,
                            new Attempt.Result.Refused(Errno.EADDRINUSE.number(), true)))));
            assertThat(Decision.of(refused).remedies()).noneMatch(Remedy.ReusePortHere.class::isInstance);
            assertThat(Decision.of(refused).sharing()).isEmpty();
            assertThat(Decision.of(seen.with(KernelAnswers.of(seen.attempts()))).remedies())
                    .as("without a probe by the rule")
                    .contains(new Remedy.ReusePortHere(Rights.uid(), false));
        }
    }

    @Test
    @DisplayName("of a server with a listener for each worker the same is said once")
    void workers() throws PosixException {
        try (PosixSocket one = PosixSocket.open(Family.IPV4).reusePort(true);
                PosixSocket two = PosixSocket.open(Family.IPV4).reusePort(true)) {
            one.bind(new Endpoint(Ports.FOUR, port)).listen(1);
            two.bind(new Endpoint(Ports.FOUR, port)).listen(1);
            List<Sharing> sharing = Ports.why(Question.at(port, Ports.FOUR)).sharing();
            assertThat(sharing).hasSize(2);
            assertThat(Clauses.sharing(sharing, port))
                    .singleElement()
                    .asString()
                    .endsWith(" on 0.0.0.0:" + port
                            + " gets a share of the clients, by a hash over addresses and ports, or as a BPF program of the group"
                            + " chooses.");
        }
    }

    @Test
    @DisplayName("a listener without SO_REUSEPORT brings no advice to set it")
    void noReusePort() throws PosixException {
        try (PosixSocket listener = Ports.listener(Ports.FOUR, port, true)) {
            assertThat(listener.fd()).isNotNegative();
            assertThat(Ports.why(port).remedies())
                    .noneMatch(Remedy.ReusePortHere.class::isInstance)
                    .noneMatch(Remedy.ReusePortPerhaps.class::isInstance)
                    .noneMatch(Remedy.ReuseAddressHere.class::isInstance)
                    .noneMatch(Remedy.ReuseAddressBoth.class::isInstance);
        }
    }

    @Test
    @DisplayName("a socket that is bound and does not listen has a cause of its own")
    void boundOnly() throws PosixException {
        try (PosixSocket bound = PosixSocket.open(Family.IPV4).bind(new Endpoint(Ports.FOUR, port))) {
            assertThat(bound.fd()).isNotNegative();
            assertThat(Ports.why(port).cause()).contains(Cause.bound_not_listening);
        }
    }

    @Test
    @DisplayName("a UDP socket keeps no TCP server from binding, and is mentioned")
    void udp() throws IOException {
        try (var socket = new DatagramSocket(new InetSocketAddress(Ports.LOOPBACK, port))) {
            assertThat(socket.isBound()).isTrue();
            Diagnosis diagnosis = Ports.why(port);
            assertThat(diagnosis.verdict()).isEqualTo(Verdict.FREE);
            assertThat(diagnosis.udp()).hasSize(1);
        }
    }

    @Test
    @DisplayName("an address of another machine is refused, asked or computed")
    void notLocal() {
        InetAddress away = InetAddress.ofLiteral("192.0.2.77");
        Diagnosis diagnosis = Ports.why(Question.at(port, away));
        assertThat(diagnosis.cause()).contains(Cause.address_not_local);
        assertThat(diagnosis.refusal()).get().isInstanceOf(Refusal.NotLocal.class);
    }

    @Test
    @DisplayName("the rule computes what the kernel answers")
    void computed() throws PosixException {
        try (PosixSocket listener = Ports.listener(Ports.LOOPBACK, port, true)) {
            assertThat(listener.fd()).isNotNegative();
            assertThat(Ports.computed(port).attempts().stream().map(Attempt::binds))
                    .containsExactlyElementsOf(Ports.why(port).attempts().stream()
                            .map(Attempt::binds)
                            .toList());
        }
    }
}
