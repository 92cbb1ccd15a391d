package dev.rebind.diagnosis.nat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.seen.Nat;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When rules translate addresses")
class RulesTest {
    private static final Destination HERE = new Destination(List.of(InetAddress.ofLiteral("10.0.0.1")));

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
        assertThat(IptablesRules.on(HOST_PORT, 8080, HERE))
                .extracting(Nat.Rule::target, Nat.Rule::hook)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("10.244.0.5:80", "PREROUTING"),
                        org.assertj.core.groups.Tuple.tuple("10.244.0.5:80", "OUTPUT"));
        assertThat(IptablesRules.on(HOST_PORT, 9000, HERE)).hasSize(2);
        assertThat(IptablesRules.on(HOST_PORT, 8081, HERE)).isEmpty();
    }

    @Test
    @DisplayName("a rule for an address of another machine is about another port")
    void elsewhere() {
        assertThat(HERE.has("10.0.0.0/8")).isTrue();
        assertThat(HERE.has("10.96.0.10/32")).isFalse();
        assertThat(HERE.has("127.0.0.1")).isTrue();
    }

    @Test
    @DisplayName("nft's own rules are read from its JSON")
    void nft() {
        String json = """
                {"nftables":[{"metainfo":{"version":"1.0.6"}},
                {"chain":{"family":"ip","table":"t","name":"pre","handle":1,"type":"nat","hook":"prerouting","prio":-100}},
                {"chain":{"family":"ip","table":"t","name":"sub"}},
                {"rule":{"family":"ip","table":"t","chain":"pre","expr":[{"jump":{"target":"sub"}}]}},
                {"rule":{"family":"ip","table":"t","chain":"sub","expr":[
                  {"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":{"set":[80,{"range":[8000,8100]}]}}},
                  {"counter":{"packets":0,"bytes":0}},
                  {"dnat":{"addr":"10.0.0.9","port":80}}]}}]}
                """;
        assertThat(NftRules.on(json, 8080, HERE))
                .containsExactly(
                        new Nat.Rule("ip t sub: tcp dport 8080 dnat to 10.0.0.9:80", "10.0.0.9:80", "PREROUTING"));
        assertThat(NftRules.on(json, 8101, HERE)).isEmpty();
        assertThat(NftRules.on("no JSON", 80, HERE)).isEmpty();
    }
}
