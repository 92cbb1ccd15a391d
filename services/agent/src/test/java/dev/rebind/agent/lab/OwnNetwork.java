package dev.rebind.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rebind.sockets.TestJvm;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Runs a program of the tests in a network namespace of its own, so that the machine's network is not touched. Needs root, or a
 * kernel that lets a user have a user namespace; the test is left out otherwise.
 */
final class OwnNetwork {
    private static final int NOT_PREPARED = 42;

    /** Brings the loopback device up and drops every IPv4 packet that has the flag, with the first of the tools that can. */
    static String losing(Flag flag) {
        return """
            ip link set lo up || exit 42
            { nft add table ip t && nft 'add chain ip t c { type filter hook output priority 0; }' &&
              nft 'add rule ip t c tcp flags & %1$s == %1$s drop'; } 2>/dev/null ||
            iptables -A OUTPUT -p tcp --tcp-flags %2$s %2$s -j DROP 2>/dev/null ||
            # TC_ACT_SHOT where byte 23 (protocol) is 6 and byte 47 (TCP flags) has the bit, else TC_ACT_UNSPEC.
            { tc qdisc add dev lo clsact && tc filter add dev lo egress bpf bytecode \\
              '6,48 0 0 23,21 0 3 6,48 0 0 47,69 0 1 %3$d,6 0 0 2,6 0 0 4294967295' direct-action; } 2>/dev/null || exit 42
            """.formatted(flag.name().toLowerCase(Locale.ROOT), flag.name(), flag.bit);
    }

    /** A flag of a TCP segment, and its bit in the header's byte 13 (RFC 9293, section 3.1). */
    enum Flag {
        FIN(1),
        SYN(2);

        private final int bit;

        Flag(int bit) {
            this.bit = bit;
        }
    }

    private OwnNetwork() {}

    /** What the program printed on standard output. Fails when it does not end, or not with 0. */
    static String run(String preparation, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        boolean root = "root".equals(System.getProperty("user.name"));
        TestJvm.Ended ended = TestJvm.run(
                List.of("unshare", root ? "-n" : "-rn", "sh", "-c", preparation + "exec \"$@\"", "sh"),
                program,
                arguments);
        assumeThat(ended.err()).as("a network namespace of its own").doesNotContain("unshare: ");
        assumeThat(ended.exitCode()).as("nft, iptables or tc can drop packets").isNotEqualTo(NOT_PREPARED);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended.out();
    }
}
