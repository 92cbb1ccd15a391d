package dev.rebind.sockets.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.Arrangement;
import dev.rebind.sockets.Arrangement.Residue;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
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

    /** Where the old listener was bound, through which address its client came, and where the new one binds. */
    private record Addresses(
            Family oldFamily,
            String old,
            boolean oldOnly,
            Family peerFamily,
            String peer,
            Family newFamily,
            String fresh,
            boolean newOnly) {}

    private static final List<Addresses> ADDRESSES = List.of(
            four("127.0.0.1", "127.0.0.1", "127.0.0.1"),
            four("127.0.0.1", "127.0.0.1", "0.0.0.0"),
            four("0.0.0.0", "127.0.0.1", "127.0.0.1"),
            four("0.0.0.0", "127.0.0.2", "127.0.0.1"),
            four("0.0.0.0", "127.0.0.2", "0.0.0.0"),
            four("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            six("::1", "::1", "::1"),
            six("::1", "::1", "::"),
            six("::", "::1", "::1"),
            six("::", "::1", "::"),
            // Dual stack, both ways round, with IPv4 and IPv6 clients.
            new Addresses(Family.IPV6, "::", false, Family.IPV4, "127.0.0.1", Family.IPV4, "127.0.0.1", false),
            new Addresses(Family.IPV6, "::", false, Family.IPV4, "127.0.0.1", Family.IPV4, "127.0.0.2", false),
            new Addresses(Family.IPV6, "::", false, Family.IPV4, "127.0.0.1", Family.IPV4, "0.0.0.0", false),
            new Addresses(Family.IPV6, "::", false, Family.IPV4, "127.0.0.1", Family.IPV6, "::", false),
            new Addresses(Family.IPV6, "::", false, Family.IPV4, "127.0.0.1", Family.IPV6, "::", true),
            new Addresses(Family.IPV6, "::", false, Family.IPV4, "127.0.0.1", Family.IPV6, "::1", true),
            new Addresses(Family.IPV6, "::", false, Family.IPV6, "::1", Family.IPV4, "0.0.0.0", false),
            new Addresses(Family.IPV6, "::", false, Family.IPV6, "::1", Family.IPV4, "127.0.0.1", false),
            new Addresses(Family.IPV6, "::", true, Family.IPV6, "::1", Family.IPV4, "0.0.0.0", false),
            new Addresses(Family.IPV6, "::", true, Family.IPV6, "::1", Family.IPV6, "::", false),
            new Addresses(Family.IPV6, "::1", true, Family.IPV6, "::1", Family.IPV4, "0.0.0.0", false),
            new Addresses(Family.IPV4, "127.0.0.1", false, Family.IPV4, "127.0.0.1", Family.IPV6, "::", false),
            new Addresses(Family.IPV4, "127.0.0.1", false, Family.IPV4, "127.0.0.1", Family.IPV6, "::", true),
            new Addresses(Family.IPV4, "0.0.0.0", false, Family.IPV4, "127.0.0.1", Family.IPV6, "::1", false),
            new Addresses(Family.IPV4, "0.0.0.0", false, Family.IPV4, "127.0.0.1", Family.IPV6, "::", false),
            new Addresses(Family.IPV6, "127.0.0.1", false, Family.IPV4, "127.0.0.1", Family.IPV4, "127.0.0.1", false),
            new Addresses(Family.IPV4, "127.0.0.1", false, Family.IPV4, "127.0.0.1", Family.IPV6, "127.0.0.1", false));

    private static Addresses four(String old, String peer, String fresh) {
        return new Addresses(Family.IPV4, old, false, Family.IPV4, peer, Family.IPV4, fresh, false);
    }

    private static Addresses six(String old, String peer, String fresh) {
        return new Addresses(Family.IPV6, old, false, Family.IPV6, peer, Family.IPV6, fresh, false);
    }

    @Test
    @DisplayName("When every flag is known, the rule says what the kernel does, in every cell")
    void equals_the_kernel() throws Exception {
        var wrong = new ArrayList<String>();
        int cells = 0;
        for (Addresses addresses : ADDRESSES) {
            for (Residue residue : Residue.values()) {
                for (int flags = 0; flags < 16; flags++) {
                    cells++;
                    cell(
                            addresses,
                            residue,
                            (flags & 1) != 0,
                            (flags & 2) != 0,
                            (flags & 4) != 0,
                            (flags & 8) != 0,
                            wrong);
                }
            }
        }
        assertThat(cells).isEqualTo(ADDRESSES.size() * Residue.values().length * 16);
        assertThat(wrong).isEmpty();
    }

    private void cell(
            Addresses at,
            Residue residue,
            boolean oldReuse,
            boolean newReuse,
            boolean oldPort,
            boolean newPort,
            List<String> wrong)
            throws Exception {
        try (var old = new Arrangement(at.oldFamily(), at.old(), at.peerFamily(), at.peer(), residue, socket -> {
                    socket.reuseAddress(oldReuse).reusePort(oldPort);
                    if (at.oldFamily() == Family.IPV6 && !at.old().contains(".")) {
                        socket.v6Only(at.oldOnly());
                    }
                });
                PosixSocket fresh = PosixSocket.open(at.newFamily())) {
            Snapshot snapshot = old.settled(reader, residue);
            boolean oldSpecificSix = at.oldFamily() == Family.IPV6 && at.old().equals("::1");
            List<Standing> standing = snapshot.sockets().stream()
                    .map(socket -> new Standing(
                            socket, Flag.of(oldReuse), Flag.of(oldPort), Flag.of(at.oldOnly() || oldSpecificSix)))
                    .toList();
            InetAddress address = InetAddress.getByName(at.fresh());
            var candidate = new Candidate(at.newFamily(), address, at.newOnly(), newReuse, newPort, 0);
            Flag expected = BindRule.ask(candidate, standing).passes();

            fresh.reuseAddress(newReuse).reusePort(newPort);
            if (at.newFamily() == Family.IPV6 && !at.fresh().contains(".")) {
                fresh.v6Only(at.newOnly());
            }
            String observed;
            try {
                fresh.bind(new Endpoint(address, old.port)).listen(8);
                observed = "ON";
            } catch (PosixException e) {
                observed = e.errno().equals("EADDRINUSE") ? "OFF" : e.getMessage();
            }
            if (!observed.equals(expected.name())) {
                wrong.add(at + " " + residue + " reuse " + oldReuse + "->" + newReuse + " port " + oldPort + "->"
                        + newPort + ": rule " + expected + ", kernel " + observed + ", " + snapshot.sockets());
            }
        }
    }
}
