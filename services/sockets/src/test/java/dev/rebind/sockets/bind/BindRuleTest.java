package dev.rebind.sockets.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.Arrangement;
import dev.rebind.sockets.Arrangement.Residue;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rule held against the kernel that runs this test, cell by cell, each on a port of its own. */
class BindRuleTest {
    private final SocketReader reader = SocketReaders.best();

    /** Where the old listener was bound, and through which address its client came. */
    private record Old(Family family, String bind, boolean only, Family peerFamily, String peer) {}

    private record Fresh(Family family, String bind, boolean only) {}

    private static final List<Old> OLD = List.of(
            new Old(Family.IPV4, "127.0.0.1", false, Family.IPV4, "127.0.0.1"),
            new Old(Family.IPV4, "0.0.0.0", false, Family.IPV4, "127.0.0.1"),
            new Old(Family.IPV6, "::1", true, Family.IPV6, "::1"),
            new Old(Family.IPV6, "::", false, Family.IPV4, "127.0.0.1"),
            new Old(Family.IPV6, "::", false, Family.IPV6, "::1"),
            new Old(Family.IPV6, "::", true, Family.IPV6, "::1"),
            new Old(Family.IPV6, "127.0.0.1", false, Family.IPV4, "127.0.0.1"));

    private static final List<Fresh> FRESH = List.of(
            new Fresh(Family.IPV4, "127.0.0.1", false),
            new Fresh(Family.IPV4, "127.0.0.2", false),
            new Fresh(Family.IPV4, "0.0.0.0", false),
            new Fresh(Family.IPV6, "::1", true),
            new Fresh(Family.IPV6, "::", false),
            new Fresh(Family.IPV6, "::", true),
            new Fresh(Family.IPV6, "0.0.0.0", false),
            new Fresh(Family.IPV6, "127.0.0.1", false),
            new Fresh(Family.IPV6, "127.0.0.2", false));

    private final List<String> wrong = new ArrayList<>();

    @Test
    @DisplayName("When every option is known, the rule says what the kernel does, in every cell")
    void equals_the_kernel() throws Exception {
        for (Old old : OLD) {
            for (Residue residue : Residue.values()) {
                for (int options = 0; options < 4; options++) {
                    against(old, residue, (options & 1) != 0, (options & 2) != 0);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /**
     * A bind that is refused changes nothing, so that the next may try the same residue; after one that succeeds it is made
     * anew, unless nothing was there.
     */
    private void against(Old old, Residue residue, boolean reuseAddress, boolean reusePort) throws Exception {
        Arrangement arrangement = null;
        List<ExistingSocket> standing = List.of();
        try {
            for (Fresh fresh : FRESH) {
                for (int options = 0; options < 4; options++) {
                    if (arrangement == null) {
                        arrangement = arrange(old, residue, reuseAddress, reusePort);
                        standing = standing(arrangement.settled(reader, residue), old, reuseAddress, reusePort);
                    }
                    boolean passes = passes(fresh, (options & 1) != 0, (options & 2) != 0, arrangement.port, standing);
                    if (passes && residue != Residue.none) {
                        arrangement.close();
                        arrangement = null;
                    }
                }
            }
        } finally {
            if (arrangement != null) {
                arrangement.close();
            }
        }
    }

    private static List<ExistingSocket> standing(Snapshot seen, Old old, boolean reuseAddress, boolean reusePort) {
        return seen.sockets().stream()
                .map(socket -> new ExistingSocket(
                                socket, Flag.of(reuseAddress), Flag.of(reusePort), Flag.of(old.only()))
                        .withUid(0))
                .toList();
    }

    private static Arrangement arrange(Old old, Residue residue, boolean reuseAddress, boolean reusePort)
            throws Exception {
        return new Arrangement(old.family(), old.bind(), old.peerFamily(), old.peer(), residue, socket -> {
            socket.reuseAddress(reuseAddress).reusePort(reusePort);
            only(socket, old.bind(), old.only());
        });
    }

    private static void only(PosixSocket socket, String bind, boolean only) throws PosixException {
        if (socket.family() == Family.IPV6 && bind.contains(":")) {
            socket.v6Only(only);
        }
    }

    private boolean passes(
            Fresh fresh, boolean reuseAddress, boolean reusePort, int port, List<ExistingSocket> standing)
            throws Exception {
        InetAddress address = InetAddress.getByName(fresh.bind());
        var candidate = new Candidate(fresh.family(), address, fresh.only(), reuseAddress, reusePort, 0);
        Flag expected =
                BindRule.ask(candidate, standing, MappedAddresses.here()).passes();
        String observed;
        try (PosixSocket socket = PosixSocket.open(fresh.family())) {
            socket.reuseAddress(reuseAddress).reusePort(reusePort);
            only(socket, fresh.bind(), fresh.only());
            socket.bind(new Endpoint(address, port)).listen(8);
            observed = Flag.ON.name();
        } catch (PosixException e) {
            observed = e.is(Errno.EADDRINUSE) && e.call().equals("bind") ? Flag.OFF.name() : e.getMessage();
        }
        if (!observed.equals(expected.name())) {
            wrong.add(candidate + " over " + standing + ": rule " + expected + ", kernel " + observed);
        }
        return observed.equals(Flag.ON.name());
    }

    @Test
    @DisplayName(
            "When both set SO_REUSEADDR and bind before either listens, then the second listen fails, as the rule says of it")
    void second_listen_fails() throws Exception {
        try (var arrangement = new Arrangement(
                        Family.IPV4, "127.0.0.1", Family.IPV4, "127.0.0.1", Residue.BOUND, s -> s.reuseAddress(true));
                var fresh = PosixSocket.open(Family.IPV4).reuseAddress(true)) {
            Candidate candidate = candidate(true, false, 0);
            assertThat(ask(candidate, arrangement, Residue.BOUND)).isEqualTo(Flag.ON);
            fresh.bind(new Endpoint(LOOPBACK, arrangement.port));
            arrangement.sockets().getFirst().listen(8);
            List<ExistingSocket> listening = snapshot(arrangement.port).stream()
                    .filter(socket -> socket.state() == TcpState.LISTEN)
                    .map(socket -> new ExistingSocket(socket, Flag.ON, Flag.OFF, Flag.OFF))
                    .toList();
            assertThat(BindRule.ask(candidate, listening, MappedAddresses.here())
                            .passes())
                    .isEqualTo(Flag.OFF);
            assertThatThrownBy(() -> fresh.listen(8))
                    .isInstanceOfSatisfying(
                            PosixException.class,
                            e -> assertThat(e.call() + " " + e.errno()).isEqualTo("listen EADDRINUSE"));
        }
    }

    @Test
    @DisplayName(
            "When a connection request is all that stands beside a SO_REUSEPORT listener, then it is not what blocks")
    void connection_requests_hold_no_port() {
        for (TcpState state : List.of(TcpState.NEW_SYN_RECV, TcpState.SYN_RECEIVED)) {
            var request = new ExistingSocket(socket(state, 0, 0), Flag.UNKNOWN, Flag.UNKNOWN, Flag.UNKNOWN);
            assertThat(BindRule.ask(candidate(false, false, 0), List.of(request), MappedAddresses.here())
                            .passes())
                    .isEqualTo(Flag.ON);
        }
    }

    @Test
    @DisplayName(
            "When an option that would decide is not known, then the rule does not know either, and names the socket")
    void unknown_options() {
        var unknown = new ExistingSocket(socket(TcpState.TIME_WAIT, 0, 0), Flag.UNKNOWN, Flag.OFF, Flag.OFF);
        assertThat(BindRule.ask(candidate(true, false, 0), List.of(unknown), MappedAddresses.here())
                        .doubtful())
                .containsExactly(unknown);
        assertThat(BindRule.ask(candidate(true, false, 0), List.of(unknown), MappedAddresses.here())
                        .passes())
                .isEqualTo(Flag.UNKNOWN);
        assertThat(BindRule.ask(candidate(false, false, 0), List.of(unknown), MappedAddresses.here())
                        .passes())
                .isEqualTo(Flag.OFF);
    }

    @Test
    @DisplayName(
            "When both set SO_REUSEPORT, then a listener of another user blocks, and of an orphan the user is not known")
    void users() {
        var orphan = new ExistingSocket(socket(TcpState.FIN_WAIT_1, 0, 0), Flag.OFF, Flag.ON, Flag.OFF);
        assertThat(BindRule.ask(candidate(false, true, 0), List.of(orphan), MappedAddresses.here())
                        .passes())
                .isEqualTo(Flag.UNKNOWN);
        assertThat(BindRule.ask(candidate(false, true, 33), List.of(orphan.withUid(33)), MappedAddresses.here())
                        .passes())
                .isEqualTo(Flag.ON);
        var listener = new ExistingSocket(socket(TcpState.LISTEN, 33, 7), Flag.OFF, Flag.ON, Flag.OFF);
        assertThat(BindRule.ask(candidate(false, true, 0), List.of(listener), MappedAddresses.here())
                        .passes())
                .isEqualTo(Flag.OFF);
        assertThat(BindRule.ask(candidate(false, true, 33), List.of(listener), MappedAddresses.here())
                        .passes())
                .isEqualTo(Flag.ON);
        var timeWait = new ExistingSocket(socket(TcpState.TIME_WAIT, 0, 0), Flag.OFF, Flag.ON, Flag.OFF);
        assertThat(BindRule.ask(candidate(false, true, 33), List.of(timeWait), MappedAddresses.here())
                        .passes())
                .isEqualTo(Flag.ON);
    }

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private static Candidate candidate(boolean reuseAddress, boolean reusePort, long uid) {
        return new Candidate(Family.IPV4, LOOPBACK, false, reuseAddress, reusePort, uid);
    }

    private static TcpSocket socket(TcpState state, long uid, long inode) {
        return TcpSocket.of(state, new Endpoint(LOOPBACK, 1), new Endpoint(LOOPBACK, 2))
                .withUid(uid)
                .withInode(inode);
    }

    private Flag ask(Candidate candidate, Arrangement arrangement, Residue residue) {
        return BindRule.ask(
                        candidate,
                        arrangement.settled(reader, residue).sockets().stream()
                                .map(socket -> new ExistingSocket(socket, Flag.ON, Flag.OFF, Flag.OFF))
                                .toList(),
                        MappedAddresses.here())
                .passes();
    }

    private List<TcpSocket> snapshot(int port) {
        return assertInstanceOf(Snapshot.class, reader.read(SocketQuery.onPort(port)))
                .sockets();
    }
}
