package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rebind.sockets.TestJvm;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Each test makes a network namespace of its own, with listeners, and then takes their addresses away. */
@DisplayName("When a listener's address is not what it was when it was bound, an audit says what the kernel says")
class AuditAddressesTest {
    /** A veth pair that is up. */
    private static final String DEVICES = """
            ip link set lo up
            ip link add d0 type veth peer name d1
            ip link set d0 up
            ip link set d1 up
            """;

    @BeforeEach
    void root() {
        assumeThat(Rights.uid()).as("only root makes network namespaces").isZero();
    }

    /** @param script a shell script that makes the listeners */
    private static String audit(String script) throws IOException, InterruptedException {
        TestJvm.Ended ended = TestJvm.run(
                List.of("unshare", "--net", "sh", "-ec", script + "\nexec \"$@\"", "sh"), AuditInNamespace.class);
        assumeThat(ended.err()).as("ip and unshare do it").isEmpty();
        return ended.out();
    }

    /**
     * A shell command that ends when somebody listens, with SO_REUSEADDR. The listener lives as long as the shell's process, which
     * becomes the audit: a time of its own would end before the audit on a slow machine.
     *
     * @param address a tuple of Python
     * @param before statements of Python before the bind
     * @param after statements of Python that the listener runs when it listens
     */
    private static String listener(String address, String before, String after) {
        return """
                python3 -c "
                import os, socket, time
                audit = '/proc/%%d' %% os.getppid()
                a = %1$s
                s = socket.socket(socket.AF_INET6 if ':' in a[0] else socket.AF_INET)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                %2$s
                s.bind(a)
                s.listen()
                if os.fork() == 0:
                    %3$s
                    while os.path.exists(audit):
                        time.sleep(0.2)
                " > /dev/null 2>&1 < /dev/null
                """.formatted(address, before, after);
    }

    private static String listener(String address, String before) {
        return listener(address, before, "pass");
    }

    private static String listener(String address) {
        return listener(address, "");
    }

    @Test
    @DisplayName("an IPv6 address that is being checked for duplicates, or has failed the check, is refused")
    void tentativeAndDuplicate() throws IOException, InterruptedException {
        assertThat(audit(DEVICES
                        + "ip addr add 2001:db8::1/64 dev d0 nodad; ip addr add 2001:db8::2/64 dev d0 nodad\n"
                        + listener("('2001:db8::1', 8001)")
                        + listener("('2001:db8::2', 8002)")
                        + """
                        ip addr del 2001:db8::1/64 dev d0
                        ip addr add 2001:db8::1/64 dev d1 nodad
                        ip addr add 2001:db8::1/64 dev d0
                        until ip addr show dev d0 | grep -q dadfailed; do sleep 0.1; done
                        ip addr del 2001:db8::1/64 dev d1
                        ip addr del 2001:db8::2/64 dev d0
                        echo 100 > /proc/sys/net/ipv6/conf/d0/dad_transmits
                        ip addr add 2001:db8::2/64 dev d0
                        """))
                .contains(
                        "8001 kernel EADDRNOTAVAIL audit WOULD_BE_BLOCKED: is refused: [2001:db8::1] on d0 failed the check for"
                                + " duplicates (EADDRNOTAVAIL): another machine has it",
                        "8002 kernel EADDRNOTAVAIL audit WOULD_BE_BLOCKED: is refused: [2001:db8::2] on d0 is still being checked",
                        "\"kind\":\"refused\",\"cause\":\"address_duplicate\"",
                        "\"kind\":\"refused\",\"cause\":\"address_tentative\"");
    }

    @Test
    @DisplayName("a device that is down takes IPv6 addresses away, and leaves those of IPv4")
    void down() throws IOException, InterruptedException {
        assertThat(audit(DEVICES
                        + "ip addr add 2001:db8::1/64 dev d0 nodad; ip addr add 10.7.0.1/24 dev d0\n"
                        + listener("('2001:db8::1', 8001)")
                        + listener("('10.7.0.1', 8002)")
                        + "ip link set d0 down\n"))
                .contains(
                        "8001 kernel EADDRNOTAVAIL audit WOULD_BE_BLOCKED: is refused with EADDRNOTAVAIL: 2001:db8::1 is no"
                                + " address of this machine any more",
                        "8002 kernel binds audit BINDS_AT_ONCE: binds at once",
                        "\"cause\":\"address_not_local\"");
    }

    @Test
    @DisplayName("the loopback device is down, has lost its address, or has no IPv6 any more")
    void loopback() throws IOException, InterruptedException {
        String listeners = "ip link set lo up\n" + listener("('127.0.0.1', 8001)") + listener("('::1', 8002)");
        assertThat(audit(listeners + "ip link set lo down; ip addr flush dev lo\n"))
                .contains(
                        "8001 kernel EADDRNOTAVAIL audit WOULD_BE_BLOCKED: is refused: 127.0.0.1 needs the device lo, which is down",
                        "8002 kernel EADDRNOTAVAIL audit WOULD_BE_BLOCKED: is refused: [::1] needs the device lo, which is down",
                        "\"cause\":\"address_down\"");
        assertThat(audit(listeners
                        + "ip addr del 127.0.0.1/8 dev lo; echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6\n"))
                .contains(
                        "8001 kernel EADDRNOTAVAIL audit WOULD_BE_BLOCKED: is refused with EADDRNOTAVAIL: 127.0.0.1 is no address",
                        "8002 kernel EADDRNOTAVAIL audit WOULD_BE_BLOCKED: is refused: [::1] is not there (EADDRNOTAVAIL): IPv6 is"
                                + " off on lo");
    }

    @Test
    @DisplayName("a link-local address that another device has is not the listener's")
    void anotherZone() throws IOException, InterruptedException {
        assertThat(audit(DEVICES
                        + "ip addr add fe80::1/64 dev d0 nodad\n"
                        + listener("('fe80::1', 8001, 0, socket.if_nametoindex('d0'))")
                        + "ip addr del fe80::1/64 dev d0; ip addr add fe80::1/64 dev d1 nodad\n"))
                .contains(
                        "8001 kernel EADDRNOTAVAIL audit WOULD_BE_BLOCKED: is refused with EADDRNOTAVAIL: fe80::1%d0 is no");
    }

    @Test
    @DisplayName(
            "a device that has gone may be there again under its name, so nobody knows; without the address it is refused")
    void deviceGone() throws IOException, InterruptedException {
        String device = "s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'd0')";
        String listeners = DEVICES
                + "ip addr add fe80::1/64 dev d0 nodad; ip addr add 10.7.0.1/24 dev d0\n"
                + listener("('fe80::1', 8001, 0, socket.if_nametoindex('d0'))")
                + listener("('10.7.0.1', 8002)", device)
                + listener("('0.0.0.0', 8003)", device)
                + "ip link del d0\n";
        assertThat(audit(listeners))
                .contains(
                        "audit WOULD_BE_BLOCKED: is refused with EADDRNOTAVAIL: fe80::1%",
                        "8002 kernel EADDRNOTAVAIL audit WOULD_BE_BLOCKED: is refused with EADDRNOTAVAIL: 10.7.0.1 is no address",
                        "8003 kernel binds audit NOT_KNOWN: cannot be told: the network device that it is bound to (index ",
                        "\"missing\":\"device\"");
        assertThat(audit(listeners + """
                        ip link add d0 type veth peer name d1
                        ip link set d0 up
                        ip addr add fe80::1/64 dev d0 nodad
                        ip addr add 10.7.0.1/24 dev d0
                        """))
                .contains("8001 kernel ", "8002 kernel binds audit NOT_KNOWN", "8003 kernel binds audit NOT_KNOWN")
                .doesNotContain("BLOCKED", "AT_ONCE");
    }

    @Test
    @DisplayName("a local route makes an address bindable, and its end takes that away")
    void localRoute() throws IOException, InterruptedException {
        String listeners = DEVICES + "ip route add local 10.77.0.0/16 dev lo\n" + listener("('10.77.1.1', 8001)");
        assertThat(audit(listeners)).contains("8001 kernel binds audit BINDS_AT_ONCE");
        assertThat(audit(listeners + "ip route del local 10.77.0.0/16 dev lo\n"))
                .contains(
                        "8001 kernel EADDRNOTAVAIL audit WOULD_BE_BLOCKED: is refused with EADDRNOTAVAIL: 10.77.1.1 is no");
    }

    @Test
    @DisplayName(
            "a privileged port: root that has opened it starts it again; of another user it is told only where it has the right")
    void privileged() throws IOException, InterruptedException {
        assertThat(audit("ip link set lo up; echo 80 > /proc/sys/net/ipv4/ip_unprivileged_port_start\n"
                        + listener("('0.0.0.0', 80)", "", "os.setuid(65534)")
                        + listener("('0.0.0.0', 81)", "os.setuid(65534); s = socket.socket()")
                        + listener(
                                "('0.0.0.0', 82)",
                                "import ctypes; ctypes.CDLL(None).prctl(8, 1, 0, 0, 0); os.setuid(65534); s = socket.socket(); s.setsockopt(1, 2, 1)")
                        + "echo 1024 > /proc/sys/net/ipv4/ip_unprivileged_port_start\n"))
                .contains(
                        "80 kernel binds audit BINDS_AT_ONCE",
                        "81 kernel binds audit NOT_KNOWN: cannot be told: the port is below"
                                + " net.ipv4.ip_unprivileged_port_start (1024)",
                        "82 kernel binds audit BINDS_AT_ONCE",
                        "\"missing\":\"privilege\"");
    }
}
