package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rebind.sockets.TestJvm;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Each test makes a network namespace of its own and asks in it. */
@DisplayName("When the kernel refuses an address, or takes one that no device has")
class AddressesTest {
    private static final String PORT = "18080";

    @BeforeEach
    void root() {
        assumeThat(Rights.uid()).as("only root makes network namespaces").isZero();
    }

    /** @param setUp a shell script that makes the addresses */
    private static String answers(String setUp, String... addresses) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of(PORT));
        arguments.addAll(Arrays.asList(addresses));
        TestJvm.Ended ended = TestJvm.run(
                List.of("unshare", "--net", "sh", "-ec", setUp + "\nexec \"$@\"", "sh"),
                AnswersInNamespace.class,
                arguments.toArray(String[]::new));
        assumeThat(ended.err()).as("ip and unshare do it").isEmpty();
        return ended.out();
    }

    @Test
    @DisplayName(
            "a local route and a broadcast make one of IPv4 bindable, asked or computed; those of IPv6 are refused")
    void bindable() throws IOException, InterruptedException {
        assertThat(answers(
                        """
                        ip link set lo up
                        ip link add d0 type veth peer name d1
                        ip link set d1 up
                        ip addr add 10.7.0.1/24 brd + dev d0
                        ip link set d0 up
                        ip route add local 10.77.0.0/16 dev lo
                        ip -6 route add local 2001:db8:7::/64 dev lo
                        """,
                        "10.77.1.2",
                        "10.7.0.255",
                        "255.255.255.255",
                        "2001:db8:7::9",
                        "224.0.0.251",
                        "ff02::1",
                        "10.9.0.1",
                        "2001:db8:8::1"))
                .contains(
                        "10.77.1.2 asked binds computed binds",
                        "10.7.0.255 asked binds computed binds",
                        "255.255.255.255 asked binds computed binds",
                        "2001:db8:7::9 asked EADDRNOTAVAIL computed EADDRNOTAVAIL",
                        "224.0.0.251 asked binds computed binds",
                        "ff02::1 asked EINVAL computed EINVAL",
                        "10.9.0.1 asked EADDRNOTAVAIL computed EADDRNOTAVAIL",
                        "2001:db8:8::1 asked EADDRNOTAVAIL computed EADDRNOTAVAIL",
                        "10.9.0.1 is no address of this machine",
                        "net.ipv4.ip_nonlocal_bind=1 lets",
                        "net.ipv6.ip_nonlocal_bind=1 lets");
    }

    @Test
    @DisplayName("each family has its own ip_nonlocal_bind, and the answer names it only where it helps")
    void nonlocal() throws IOException, InterruptedException {
        assertThat(answers("""
                        ip link set lo up
                        echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind
                        """, "10.200.0.1", "2001:db8:8::1"))
                .contains(
                        "10.200.0.1 asked binds computed binds",
                        "2001:db8:8::1 asked EADDRNOTAVAIL computed EADDRNOTAVAIL",
                        "net.ipv6.ip_nonlocal_bind=1 lets")
                .doesNotContain("net.ipv4");
        assertThat(answers("""
                        ip link set lo up
                        echo 1 > /proc/sys/net/ipv6/ip_nonlocal_bind
                        """, "10.200.0.1", "2001:db8:8::1"))
                .contains(
                        "10.200.0.1 asked EADDRNOTAVAIL computed EADDRNOTAVAIL",
                        "2001:db8:8::1 asked binds computed binds",
                        "net.ipv4.ip_nonlocal_bind=1 lets")
                .doesNotContain("net.ipv6");
    }

    @Test
    @DisplayName("the loopback device is down: that is said, and every address is advised, which binds")
    void loopbackDown() throws IOException, InterruptedException {
        assertThat(answers("""
                        ip link set lo up
                        ip link set lo down
                        ip addr del 127.0.0.1/8 dev lo
                        """, "127.0.0.1", "::1", "127.0.0.5"))
                .contains(
                        "127.0.0.1 asked EADDRNOTAVAIL computed EADDRNOTAVAIL",
                        "::1 asked EADDRNOTAVAIL computed EADDRNOTAVAIL",
                        "127.0.0.1 needs the device lo, which is down (EADDRNOTAVAIL).",
                        "[::1] needs the device lo, which is down (EADDRNOTAVAIL).",
                        "127.0.0.5 needs the device lo",
                        "Cause: address_down",
                        "Set the device up: `ip link set lo up`.",
                        "Bind every address (0.0.0.0): this machine has no address of its own")
                .doesNotContain("nonlocal_bind");
    }

    @Test
    @DisplayName("IPv6 is off: ::1 is not there, which is said, and no nonlocal bind is advised")
    void withoutIPv6() throws IOException, InterruptedException {
        assertThat(answers("""
                        ip link set lo up
                        echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
                        """, "::1", "127.0.0.1"))
                .contains(
                        "::1 asked EADDRNOTAVAIL computed EADDRNOTAVAIL",
                        "127.0.0.1 asked binds computed binds",
                        "[::1] is not there (EADDRNOTAVAIL): IPv6 is off on lo (net.ipv6.conf.lo.disable_ipv6=1).")
                .doesNotContain("nonlocal_bind");
    }

    @Test
    @DisplayName(
            "a device that is down or has no carrier is named, and IPv4 addresses that bind in spite of it are advised")
    void down() throws IOException, InterruptedException {
        assertThat(answers("""
                        ip link set lo up
                        ip link add d0 type veth peer name d1
                        ip addr add 10.7.0.1/24 dev d0
                        ip -6 addr add 2001:db8::1/64 dev d0
                        ip link add d2 type veth peer name d3
                        ip link set d2 up
                        ip -6 addr add 2001:db8::2/64 dev d2
                        ip addr add 10.8.0.1/24 dev d2
                        ip link add d4 type veth peer name d5
                        ip addr add 10.9.0.1/24 dev d4
                        ip link set d4 up
                        ip link set d4 down
                        """, "2001:db8::1", "2001:db8::2", "10.7.0.1", "10.8.0.1", "10.9.0.1"))
                .contains(
                        "2001:db8::1 asked EADDRNOTAVAIL computed EADDRNOTAVAIL",
                        "[2001:db8::1] is on d0, which is down (EADDRNOTAVAIL).",
                        "2001:db8::2 asked EADDRNOTAVAIL computed EADDRNOTAVAIL",
                        "[2001:db8::2] is on d2, which is up and has no carrier (EADDRNOTAVAIL)",
                        "10.7.0.1 asked binds computed binds",
                        "10.8.0.1 asked binds computed binds",
                        "10.9.0.1 asked binds computed binds")
                .containsPattern("Bind an address of this machine \\(.*10\\.7\\.0\\.1")
                .containsPattern("Bind an address of this machine \\(.*10\\.8\\.0\\.1")
                .doesNotContain("checked for duplicates (EADDRNOTAVAIL)", "nonlocal_bind");
    }

    @Test
    @DisplayName("an IPv6 address that is checked for duplicates is refused by the rule, too")
    void tentative() throws IOException, InterruptedException {
        assertThat(answers("""
                        ip link set lo up
                        ip link add d0 type veth peer name d1
                        ip link set d0 up
                        ip link set d1 up
                        echo 100 > /proc/sys/net/ipv6/conf/d0/dad_transmits
                        ip -6 addr add 2001:db8::3/64 dev d0
                        """, "2001:db8::3"))
                .contains(
                        "2001:db8::3 asked EADDRNOTAVAIL computed EADDRNOTAVAIL",
                        "[2001:db8::3] on d0 is still being checked for duplicates");
    }

    @Test
    @DisplayName("a link-local address without its zone is told the zones that it has here")
    void noZone() throws IOException, InterruptedException {
        assertThat(answers("""
                        ip link set lo up
                        ip link add d0 type veth peer name d1
                        ip link set d0 up
                        ip link set d1 up
                        ip -6 addr add fe80::1/64 dev d0 nodad
                        ip -6 addr add fe80::1/64 dev d1 nodad
                        """, "fe80::1", "fe80::2", "fe80::1%d1"))
                .contains(
                        "fe80::1 asked EINVAL computed EINVAL",
                        "[fe80::1] is a link-local address, which needs its device as a zone (EINVAL)",
                        "fe80::1%d0 and fe80::1%d1 are here.",
                        "fe80::2 asked EINVAL computed EINVAL",
                        "no device of this machine or network namespace has it.",
                        "fe80::1%d1 asked binds computed binds",
                        "a server can bind [fe80::1%d1] now");
    }

    @Test
    @DisplayName(
            "a listener on a link-local address is named with its zone, as the same address on another device is free")
    void zones() throws IOException, InterruptedException {
        assertThat(answers("""
                        ip link set lo up
                        ip link add d0 type veth peer name d1
                        ip link set d0 up
                        ip link set d1 up
                        ip -6 addr add fe80::1/64 dev d0 nodad
                        ip -6 addr add fe80::1/64 dev d1 nodad
                        """ + listener("('fe80::1', 18080, 0, socket.if_nametoindex('d0'))"), "*", "fe80::1%d1"))
                .contains(
                        " on [fe80::1%d0]:18080",
                        "An address other than [fe80::1%d0] binds now",
                        "fe80::1%d1 asked binds",
                        "a server can bind [fe80::1%d1] now");
    }

    @Test
    @DisplayName("of very many addresses the same is said as of few")
    void many() throws IOException, InterruptedException {
        assertThat(answers("""
                        ip link set lo up
                        for i in $(seq 1 100); do echo "addr add 10.7.0.$i/32 dev lo"; done > /tmp/rebind-addresses-$$
                        ip -batch /tmp/rebind-addresses-$$
                        rm /tmp/rebind-addresses-$$
                        """, "10.9.0.1", "10.7.0.100"))
                .contains(
                        "10.9.0.1 asked EADDRNOTAVAIL computed EADDRNOTAVAIL", "10.7.0.100 asked binds computed binds")
                .containsPattern("Bind an address of this machine \\(.* and 9[0-9] more\\)");
    }

    /** A shell command that ends when somebody listens; the listener ends when its network namespace is left by all others. */
    private static String listener(String address) {
        return """
                python3 -c "
                import os, socket
                s = socket.socket(socket.AF_INET6 if ':' in str(%1$s[0]) else socket.AF_INET)
                s.bind(%1$s)
                s.listen()
                if os.fork() == 0:
                    os.execvp('sleep', ['sleep', '20']) if os.set_inheritable(s.fileno(), True) is None else 0
                " > /dev/null 2>&1 < /dev/null
                """.formatted(address);
    }

    @Test
    @DisplayName("without an IPv6 address nobody is advised a server for IPv6 clients only")
    void noClientsOfSix() throws IOException, InterruptedException {
        assertThat(answers("""
                        ip link set lo up
                        echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
                        """ + listener("('0.0.0.0', 18080)"), "*"))
                .contains(" on 0.0.0.0:18080")
                .doesNotContain("IPv6 clients only");
    }
}
