package dev.rebind.sockets.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every pair of a bound socket and a new one, without options, on addresses of both families. */
class MappedAddressesTest {
    private record Bound(Family family, String address, boolean v6Only) {
        InetAddress literal() {
            return InetAddress.ofLiteral(address);
        }

        PosixSocket open() throws PosixException {
            PosixSocket socket = PosixSocket.open(family);
            return v6Only ? socket.v6Only(true) : socket;
        }

        Candidate candidate() {
            return new Candidate(family, literal(), v6Only, false, false, 0);
        }

        ExistingSocket standing() {
            // bind turns IPV6_V6ONLY on for an IPv6 address that is neither the wildcard nor a mapped one.
            boolean only = literal() instanceof Inet6Address six && (v6Only || !six.isAnyLocalAddress());
            var socket = TcpSocket.of(TcpState.CLOSED, new Endpoint(literal(), 1), new Endpoint(literal(), 0))
                    .withFamily(family)
                    .withInode(1);
            return new ExistingSocket(socket, Flag.OFF, Flag.OFF, Flag.of(only));
        }
    }

    /** An IPv4 address on an IPv6 socket is a mapped one. */
    private static final List<Bound> SOCKETS = List.of(
            new Bound(Family.IPV4, "0.0.0.0", false),
            new Bound(Family.IPV4, "127.0.0.1", false),
            new Bound(Family.IPV4, "127.0.0.2", false),
            new Bound(Family.IPV6, "::", false),
            new Bound(Family.IPV6, "::", true),
            new Bound(Family.IPV6, "::1", false),
            new Bound(Family.IPV6, "127.0.0.1", false),
            new Bound(Family.IPV6, "127.0.0.2", false));

    /** Answers of kernels: a line for each old socket and a column for each new one, with X where its bind failed. */
    private static final String LINUX_6_12_117 = """
            XXXX..XX
            XX.X..X.
            X.XX...X
            XXXXXXXX
            ...XXX..
            ...XXX..
            XX.X..X.
            X.XX...X
            """;

    /** The same of 6.2.0-26 and 6.5.0-14 of Ubuntu 22.04. */
    private static final String LINUX_6_2 = """
            XXXX..XX
            XX.X..X.
            X.XX...X
            XXXXXXXX
            ...XXX..
            ...XXX..
            X..X..X.
            X..X...X
            """;

    /** 6.8.0-31 of Ubuntu 24.04; its 6.8.0-149 is like 6.12. */
    private static final String LINUX_6_8 = """
            XXXX..XX
            XX.X..X.
            X.XX...X
            XXXXXXXX
            ...XXXXX
            ...XXX..
            XX.X..X.
            X.XX...X
            """;

    @Test
    @DisplayName("When a kernel's answer is known, then the rule gives the answers that kernels of its kind gave")
    void known_kernels() {
        assertThat(rule(MappedAddresses.USUAL)).isEqualTo(LINUX_6_12_117);
        assertThat(rule(new MappedAddresses(Flag.OFF, Flag.OFF))).isEqualTo(LINUX_6_2);
        assertThat(rule(new MappedAddresses(Flag.ON, Flag.ON))).isEqualTo(LINUX_6_8);
    }

    @Test
    @DisplayName("When the kernel was not asked, then the rule is undecided just where kernels differ, and says why")
    void not_asked() {
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < LINUX_6_12_117.length(); i++) {
            char usual = LINUX_6_12_117.charAt(i);
            expected.append(LINUX_6_2.charAt(i) == usual && LINUX_6_8.charAt(i) == usual ? usual : '?');
        }
        assertThat(rule(MappedAddresses.UNKNOWN)).isEqualTo(expected.toString()).contains("?");
        assertThat(BindRule.ask(
                                SOCKETS.get(1).candidate(),
                                List.of(SOCKETS.get(6).standing()),
                                MappedAddresses.UNKNOWN)
                        .dependsOn())
                .isEqualTo(Set.of(Unknown.MAPPED));
    }

    @Test
    @DisplayName(
            "When a socket is on the mapped wildcard, then it is in the way of IPv4, and of a mapped address perhaps")
    void mappedWildcard() {
        ExistingSocket wildcard = new Bound(Family.IPV6, "0.0.0.0", false).standing();
        var four = SOCKETS.get(1).candidate();
        assertThat(BindRule.conflicts(four, wildcard, MappedAddresses.USUAL)).isEqualTo(Flag.ON);
        assertThat(BindRule.conflicts(four, wildcard, new MappedAddresses(Flag.OFF, Flag.OFF)))
                .isEqualTo(Flag.OFF);
        // Linux 6.1.176 lets it pass, and 6.12.117 does not.
        assertThat(BindRule.conflicts(SOCKETS.get(6).candidate(), wildcard, MappedAddresses.USUAL))
                .isEqualTo(Flag.UNKNOWN);
    }

    @Test
    @DisplayName("When this machine's kernel is asked, then the rule with its answer says what its binds do")
    void this_kernel() throws Exception {
        MappedAddresses here = MappedProbe.ask();
        assertThat(List.of(here.fourMeetsMapped(), here.mappedMeetsV6Only())).doesNotContain(Flag.UNKNOWN);
        assertThat(rule(here)).isEqualTo(kernel());
        assertThat(MappedAddresses.here()).isEqualTo(here).isSameAs(MappedAddresses.here());
    }

    private static String rule(MappedAddresses mapped) {
        var text = new StringBuilder();
        for (Bound old : SOCKETS) {
            for (Bound fresh : SOCKETS) {
                text.append(
                        switch (BindRule.ask(fresh.candidate(), List.of(old.standing()), mapped)
                                .passes()) {
                            case ON -> '.';
                            case OFF -> 'X';
                            case UNKNOWN -> '?';
                        });
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String kernel() throws PosixException {
        var text = new StringBuilder();
        for (Bound old : SOCKETS) {
            for (Bound fresh : SOCKETS) {
                int port = FreePorts.next();
                try (PosixSocket first = old.open();
                        PosixSocket second = fresh.open()) {
                    first.bind(new Endpoint(old.literal(), port));
                    text.append(binds(second, fresh, port) ? '.' : 'X');
                }
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static boolean binds(PosixSocket socket, Bound to, int port) throws PosixException {
        try {
            socket.bind(new Endpoint(to.literal(), port));
            return true;
        } catch (PosixException e) {
            if (e.is(Errno.EADDRINUSE)) {
                return false;
            }
            throw e;
        }
    }
}
