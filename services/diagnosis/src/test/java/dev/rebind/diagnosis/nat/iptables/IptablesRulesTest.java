package dev.rebind.diagnosis.nat.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rebind.diagnosis.nat.Destination;
import dev.rebind.diagnosis.nat.Translations;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.diagnosis.seen.Nat.Clients;
import dev.rebind.diagnosis.seen.Nat.Takes;
import dev.rebind.sockets.Family;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When rules of iptables translate addresses")
class IptablesRulesTest {
    private static final List<InetAddress> LOCAL =
            List.of(InetAddress.ofLiteral("10.0.0.1"), InetAddress.ofLiteral("2001:db8::1"));
    private static final Destination HERE = Destination.everywhere(LOCAL);
    private static final Clients OUTSIDE = Clients.OTHER_MACHINES;
    private static final Clients INSIDE = Clients.THIS_MACHINE;

    private static final String HOST_PORT = """
            *filter
            -A INPUT -p tcp -m tcp --dport 8080 -j DROP
            COMMIT
            *nat
            :PREROUTING ACCEPT [0:0]
            -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
            -A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
            -A OUTPUT -d 10.96.0.10/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.244.0.9:80
            -A CNI-HOSTPORT-DNAT -p tcp -m multiport --dports 8080,9000:9010 -j CNI-DN-1
            -A CNI-DN-1 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.244.0.5:80
            -A CNI-DN-1 -p tcp -m tcp --dport 9000 -j DNAT --to-destination 10.244.0.6:80
            COMMIT
            """;

    @Test
    @DisplayName("a host port is followed through its chains, for both kinds of clients")
    void hostPort() {
        assertThat(four(HOST_PORT, 8080, HERE))
                .extracting(Nat.Rule::target, Nat.Rule::clients, Nat.Rule::takes, Nat.Rule::family)
                .containsExactly(
                        tuple("10.244.0.5:80", OUTSIDE, Takes.ALL, Optional.of(Family.IPV4)),
                        tuple("10.244.0.5:80", INSIDE, Takes.ALL, Optional.of(Family.IPV4)));
        assertThat(four(HOST_PORT, 9000, HERE)).hasSize(2);
        assertThat(four(HOST_PORT, 8081, HERE)).isEmpty();
        assertThat(Translations.of(List.of(IptablesRules.of(Family.IPV6, HOST_PORT)), 8080, at("10.0.0.1")))
                .isEmpty();
    }

    @Test
    @DisplayName("one without a port takes all ports but those that return before, as with Istio")
    void withoutPort() {
        String istio = """
                :ISTIO_INBOUND - [0:0]
                -A PREROUTING -p tcp -j ISTIO_INBOUND
                -A ISTIO_INBOUND -p tcp -m tcp --dport 15008 -j RETURN
                -A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT
                -A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006
                """;
        assertThat(nat(istio, 8080)).containsExactly(tuple(":15006", OUTSIDE, Takes.ALL));
        assertThat(nat(istio, 15008)).isEmpty();
        assertThat(four("*nat\n" + istio, 8080, Destination.everywhere(List.of())))
                .describedAs("a machine may be given its address later")
                .hasSize(1);
        assertThat(nat("-A OUTPUT -p udp -j REDIRECT --to-ports 53\n-A OUTPUT -j REDIRECT --to-ports 9\n", 80))
                .containsExactly(tuple(":9", INSIDE, Takes.ALL));
        assertThat(nat("-A OUTPUT -o lo -p tcp -j REDIRECT --to-ports 9\n", 80)).hasSize(1);
        assertThat(nat("-A OUTPUT -o eth0 -p tcp -j REDIRECT --to-ports 9\n", 80))
                .isEmpty();
    }

    @Test
    @DisplayName("what an earlier rule exempts is not taken, and what it may exempt may be")
    void exempted() {
        String redirect = "-A OUTPUT -p tcp -m tcp --dport 8000:9000 -j REDIRECT --to-ports 9\n";
        assertThat(nat("-A OUTPUT -p tcp -m tcp --dport 8080 -j RETURN\n" + redirect, 8080))
                .isEmpty();
        assertThat(nat("-A OUTPUT -p tcp -m tcp --dport 8080 -j ACCEPT\n" + redirect, 8080))
                .isEmpty();
        assertThat(nat("-A OUTPUT -p tcp -m tcp ! --dport 8080 -j RETURN\n" + redirect, 8080))
                .hasSize(1);
        for (String condition : List.of(
                "-m owner --uid-owner 1337",
                "-m mark --mark 0x1/0xff",
                "-m set --match-set safe dst",
                "-d 127.0.0.0/8",
                "-m comment --comment \"a -j DNAT b\" -m nobodyknows")) {
            assertThat(nat("-A OUTPUT " + condition + " -j RETURN\n" + redirect, 8080))
                    .describedAs(condition)
                    .containsExactly(tuple(":9", INSIDE, Takes.SOME));
            assertThat(nat(redirect.replace("-j", condition + " -j"), 8080))
                    .describedAs(condition)
                    .containsExactly(tuple(":9", INSIDE, Takes.SOME));
        }
        assertThat(nat("-A OUTPUT -m comment --comment \"x -j RETURN\" -j OTHER\n" + redirect, 8080))
                .describedAs("a chain that is not there may be a target that translates")
                .contains(tuple(":9", INSIDE, Takes.SOME));
    }

    @Test
    @DisplayName("who comes back from a chain goes on, and who is accepted in it does not")
    void comesBack() {
        String redirect = "-A OUTPUT -p tcp -j REDIRECT --to-ports 9\n";
        assertThat(nat("-A OUTPUT -j A\n-A A -p tcp -j RETURN\n-A A -j ACCEPT\n" + redirect, 80))
                .containsExactly(tuple(":9", INSIDE, Takes.ALL));
        assertThat(nat("-A OUTPUT -j A\n-A A -p tcp -j ACCEPT\n" + redirect, 80))
                .isEmpty();
        assertThat(nat("-A OUTPUT -g A\n-A A -p udp -j ACCEPT\n" + redirect, 80))
                .isEmpty();
        assertThat(nat("-A OUTPUT -m mark --mark 1 -j A\n-A A -j ACCEPT\n" + redirect, 80))
                .containsExactly(tuple(":9", INSIDE, Takes.SOME));
    }

    @Test
    @DisplayName("a target that is this very port here takes nobody")
    void samePort() {
        assertThat(nat("-A OUTPUT -d 10.0.0.1/32 -p tcp --dport 80 -j DNAT --to-destination 127.0.0.1:80\n", 80))
                .isEmpty();
        assertThat(nat("-A OUTPUT -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1\n", 80))
                .isEmpty();
        assertThat(nat("-A OUTPUT -p tcp --dport 80 -j REDIRECT --to-ports 80\n", 80))
                .isEmpty();
        assertThat(nat("-A OUTPUT -p tcp --dport 80 -j REDIRECT --to-ports 80-90\n", 80))
                .containsExactly(tuple(":80-90", INSIDE, Takes.SOME));
        assertThat(nat("-A OUTPUT -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:81\n", 80))
                .hasSize(1);
        // A server on one address does not see what is sent to another.
        assertThat(four("*nat\n-A OUTPUT -p tcp -j DNAT --to-destination 127.0.0.1:80\n", 80, at("10.0.0.1")))
                .hasSize(1);
    }

    @Test
    @DisplayName("only those count whose destination can be the address that is asked for")
    void asked() {
        String docker = """
                *nat
                :DOCKER - [0:0]
                -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
                -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
                -A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:80
                """;
        assertThat(four(docker, 80, at("127.0.0.1"))).isEmpty();
        assertThat(four(docker, 80, at("10.0.0.1")))
                .extracting(Nat.Rule::clients, Nat.Rule::takes)
                .containsExactly(tuple(OUTSIDE, Takes.SOME), tuple(INSIDE, Takes.ALL));
        String one = "*nat\n-A PREROUTING -d 10.0.0.1/32 -p tcp -j DNAT --to-destination 10.9.9.9\n";
        assertThat(four(one, 80, at("10.0.0.1"))).extracting(Nat.Rule::takes).containsExactly(Takes.ALL);
        assertThat(four(one, 80, at("10.0.0.2"))).isEmpty();
        assertThat(four(one.replace(" -d ", " ! -d "), 80, at("10.0.0.2"))).hasSize(1);
        assertThat(four("*nat\n-A PREROUTING -d 10.96.0.10/32 -j DNAT --to-destination 10.9.9.9\n", 80, HERE))
                .isEmpty();
    }

    @Test
    @DisplayName(
            "TPROXY in the table mangle takes clients from anywhere, those on this machine as they come in over lo")
    void tproxy() {
        String rule = "*mangle\n-A PREROUTING -p tcp -m tcp --dport 80 -j TPROXY --on-port 3129 --on-ip 127.0.0.1"
                + " --tproxy-mark 0x1/0xffffffff\n";
        assertThat(four(rule, 80, HERE))
                .extracting(Nat.Rule::target, Nat.Rule::clients, Nat.Rule::takes)
                .containsExactly(
                        tuple("127.0.0.1:3129", OUTSIDE, Takes.ALL), tuple("127.0.0.1:3129", INSIDE, Takes.ALL));
        assertThat(four(rule.replace("-p tcp", "! -i lo -p tcp"), 80, HERE))
                .extracting(Nat.Rule::clients)
                .containsExactly(OUTSIDE);
        assertThat(four(rule.replace("--dport 80", "--dport 80 ! --tcp-flags SYN NONE"), 80, HERE))
                .hasSize(2);
        assertThat(four(rule.replace("--dport 80", "--dport 80 -m conntrack --ctstate ESTABLISHED"), 80, HERE))
                .isEmpty();
    }

    @Test
    @DisplayName("connections that are not tracked are not translated")
    void untracked() {
        String nat = "*nat\n-A OUTPUT -p tcp -j REDIRECT --to-ports 9\n";
        assertThat(four("*raw\n-A OUTPUT -p tcp -m tcp --dport 80 -j CT --notrack\n" + nat, 80, HERE))
                .isEmpty();
        assertThat(four("*raw\n-A OUTPUT -p tcp -s 10.0.0.1/32 -j NOTRACK\n" + nat, 80, HERE))
                .extracting(Nat.Rule::takes)
                .containsExactly(Takes.SOME);
    }

    @Test
    @DisplayName("of two tools whose chains have one priority, either may come first")
    void twoTools() {
        IptablesRules one = IptablesRules.of(Family.IPV4, "*nat\n-A OUTPUT -p tcp -j REDIRECT --to-ports 9\n");
        IptablesRules other = IptablesRules.of(Family.IPV4, "*nat\n-A OUTPUT -p tcp -j REDIRECT --to-ports 8\n");
        assertThat(Translations.of(List.of(one, other), 80, HERE))
                .extracting(Nat.Rule::target, Nat.Rule::takes)
                .containsExactly(tuple(":9", Takes.SOME), tuple(":8", Takes.SOME));
        IptablesRules six = IptablesRules.of(Family.IPV6, "*nat\n-A OUTPUT -p tcp -j REDIRECT --to-ports 9\n");
        assertThat(Translations.of(List.of(one, six), 80, HERE))
                .extracting(Nat.Rule::family, Nat.Rule::takes)
                .containsExactly(tuple(Optional.empty(), Takes.ALL));
    }

    private static List<org.assertj.core.groups.Tuple> nat(String rules, int port) {
        return four("*nat\n" + rules, port, HERE).stream()
                .map(rule -> tuple(rule.target(), rule.clients(), rule.takes()))
                .toList();
    }

    private static Destination at(String address) {
        return new Destination(LOCAL, Optional.of(InetAddress.ofLiteral(address)), Set.of(Family.IPV4));
    }

    private static List<Nat.Rule> four(String text, int port, Destination here) {
        return Translations.of(List.of(IptablesRules.of(Family.IPV4, text)), port, here);
    }
}
