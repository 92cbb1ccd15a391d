package dev.rebind.diagnosis.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rebind.diagnosis.nat.Destination;
import dev.rebind.diagnosis.nat.Translations;
import dev.rebind.diagnosis.nat.iptables.IptablesRules;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.diagnosis.seen.Nat.Takes;
import dev.rebind.sockets.Family;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The JSON is that of nft 1.0.6, shortened. */
@DisplayName("When rules of nftables translate addresses")
class NftRulesTest {
    private static final Destination HERE =
            new Destination(List.of(InetAddress.ofLiteral("10.0.0.1")), Optional.empty(), Set.of(Family.IPV4));

    private static final String DPORT = "{'payload':{'protocol':'tcp','field':'dport'}}";
    private static final String DADDR = "{'payload':{'protocol':'ip','field':'daddr'}}";

    @Test
    @DisplayName("ports may be a number, a range, a set of its own or one with a name")
    void ports() {
        for (String ports : List.of("80", "{'range':[79,81]}", "{'set':[22,{'range':[80,90]}]}", "'@ports'")) {
            assertThat(pre(match("==", DPORT, ports) + ",{'redirect':{'port':9}}"))
                    .describedAs(ports)
                    .containsExactly(tuple(":9", Takes.ALL));
            assertThat(pre(match("!=", DPORT, ports) + ",{'redirect':{'port':9}}"))
                    .isEmpty();
        }
        assertThat(pre(match("==", DPORT, "{'set':[22,{'range':[81,90]}]}") + ",{'redirect':{'port':9}}"))
                .isEmpty();
        assertThat(pre(match("==", "{'meta':{'key':'l4proto'}}", "'tcp'") + ",{'redirect':{'port':9}}"))
                .containsExactly(tuple(":9", Takes.ALL));
        assertThat(pre(match(">", DPORT, "1024") + ",{'redirect':{'port':9}}")).isEmpty();
        assertThat(pre(match("==", "{'payload':{'protocol':'udp','field':'dport'}}", "80") + ",{'redirect':null}"))
                .isEmpty();
    }

    @Test
    @DisplayName("a map says where to, for some ports only")
    void maps() {
        String map = "{'dnat':{'addr':{'map':{'key':" + DPORT + ",'data':{'set':[[%d,'10.9.9.9'],[22,'10.9.9.8']]}}}}}";
        assertThat(pre(map.formatted(80))).containsExactly(tuple("10.9.9.9", Takes.ALL));
        assertThat(pre(map.formatted(81))).isEmpty();
        assertThat(pre("{'dnat':{'family':'ip','addr':{'map':{'key':" + DPORT + ",'data':'@where'}}}}"))
                .containsExactly(tuple("10.9.9.9:8080", Takes.ALL));
        assertThat(pre("{'dnat':{'addr':{'map':{'key':{'numgen':{'mode':'inc','mod':2}},'data':{'set':"
                        + "[[0,'10.9.9.1'],[1,'10.9.9.2']]}}}}}"))
                .containsExactly(tuple("10.9.9.1", Takes.SOME), tuple("10.9.9.2", Takes.SOME));
    }

    @Test
    @DisplayName("verdict maps are followed, as kube-proxy has them")
    void verdictMaps() {
        String key =
                "{'concat':[" + DADDR + ",{'meta':{'key':'l4proto'}},{'payload':{'protocol':'th','field':'dport'}}]}";
        assertThat(pre("{'vmap':{'key':" + key + ",'data':'@services'}}"))
                .containsExactly(tuple("10.244.0.9:80", Takes.ALL));
        assertThat(pre(
                        "{'vmap':{'key':" + DPORT + ",'data':{'set':[[80,{'return':null}]]}}}",
                        "{'redirect':{'port':9}}"))
                .isEmpty();
        assertThat(pre("{'vmap':{'key':" + DPORT + ",'data':{'set':[[80,{'goto':{'target':'service'}}]]}}}"))
                .containsExactly(tuple("10.244.0.9:80", Takes.ALL));
    }

    @Test
    @DisplayName("what an earlier rule exempts is not taken, and a condition that is not known may hold")
    void exempted() {
        String redirect = match("==", DPORT, "{'range':[79,90]}") + ",{'redirect':{'port':9}}";
        assertThat(pre(match("==", DPORT, "80") + ",{'return':null}", redirect)).isEmpty();
        assertThat(pre(match("==", DPORT, "80") + ",{'accept':null}", redirect)).isEmpty();
        assertThat(pre(match("==", "{'meta':{'key':'mark'}}", "1") + ",{'accept':null}", redirect))
                .containsExactly(tuple(":9", Takes.SOME));
        assertThat(pre(match("!=", "{'meta':{'key':'iifname'}}", "'docker0'") + "," + redirect))
                .containsExactly(tuple(":9", Takes.SOME));
        assertThat(pre(match("==", "{'fib':{'result':'type','flags':['daddr']}}", "'local'") + ","
                        + match("in", "{'ct':{'key':'state'}}", "['established','new']") + "," + redirect))
                .containsExactly(tuple(":9", Takes.ALL));
        assertThat(pre(match("==", DADDR, "{'prefix':{'addr':'10.96.0.0','len':16}}") + "," + redirect))
                .isEmpty();
        assertThat(pre("{'limit':{'rate':1,'per':'second'}}," + redirect)).containsExactly(tuple(":9", Takes.SOME));
    }

    @Test
    @DisplayName("a target that is this very port here takes nobody, and tproxy perhaps somebody")
    void targets() {
        assertThat(pre("{'dnat':{'addr':'10.0.0.1','port':80}}")).isEmpty();
        assertThat(pre("{'dnat':{'family':'ip6','addr':'2001:db8::9'}}")).isEmpty();
        assertThat(pre("{'redirect':null}")).isEmpty();
        assertThat(pre("{'tproxy':{'family':'ip','addr':'127.0.0.1','port':3129}},{'accept':null}"))
                .containsExactly(tuple("127.0.0.1:3129", Takes.SOME));
    }

    @Test
    @DisplayName(
            "rules of iptables are those of iptables-save where it prints them, and may take clients where it does not")
    void ofIptables() {
        String json = ruleset("{'xt':{'type':'target','name':'REDIRECT'}}")
                .replace("\"t\"", "\"nat\"")
                .replace("\"pre\"", "\"PREROUTING\"");
        NftRules rules = NftRules.of(json).orElseThrow();
        assertThat(Translations.of(List.of(rules), 80, HERE))
                .extracting(Nat.Rule::text, Nat.Rule::takes)
                .containsExactly(tuple("ip nat PREROUTING: xt target REDIRECT", Takes.SOME));
        IptablesRules printed = IptablesRules.of(Family.IPV4, "*nat\n-A PREROUTING -p udp -j REDIRECT --to-ports 9\n");
        assertThat(Translations.of(List.of(rules.without(printed)), 80, HERE)).isEmpty();
        assertThat(NftRules.of("no JSON")).isEmpty();
    }

    @Test
    @DisplayName("a rule is said in nft's words")
    void words() {
        String json = ruleset(match("==", DPORT, "{'set':[22,{'range':[80,90]}]}")
                + ",{'counter':{'packets':0}},{'dnat':{'family':'ip','addr':'10.9.9.9','port':80}}");
        assertThat(Translations.of(List.of(NftRules.of(json).orElseThrow()), 80, HERE))
                .extracting(Nat.Rule::text)
                .containsExactly("ip t pre: tcp dport { 22, 80-90 } dnat ip to 10.9.9.9:80");
    }

    private static String match(String op, String left, String right) {
        return "{'match':{'op':'" + op + "','left':" + left + ",'right':" + right + "}}";
    }

    private static List<Tuple> pre(String... rules) {
        return Translations.of(List.of(NftRules.of(ruleset(rules)).orElseThrow()), 80, HERE).stream()
                .filter(rule -> rule.clients() == Nat.Clients.OTHER_MACHINES)
                .map(rule -> tuple(rule.target(), rule.takes()))
                .toList();
    }

    private static String ruleset(String... rules) {
        var text = new StringBuilder("""
                {'nftables':[{'metainfo':{'version':'1.0.6'}},{'table':{'family':'ip','name':'t'}},
                {'chain':{'family':'ip','table':'t','name':'pre','type':'nat','hook':'prerouting','prio':-100}},
                {'chain':{'family':'ip','table':'t','name':'service'}},
                {'set':{'family':'ip','table':'t','name':'ports','elem':[{'elem':{'val':80,'timeout':60}},{'range':[90,99]}]}},
                {'map':{'family':'ip','table':'t','name':'where','elem':[[80,{'concat':['10.9.9.9',8080]}]]}},
                {'map':{'family':'ip','table':'t','name':'services','elem':[
                  [{'concat':['10.96.0.1','tcp',80]},{'goto':{'target':'nowhere'}}],
                  [{'concat':[{'prefix':{'addr':'10.0.0.0','len':8}},'tcp',80]},{'goto':{'target':'service'}}],
                  [{'concat':[{'prefix':{'addr':'10.0.0.1','len':32}},'tcp',81]},{'goto':{'target':'nowhere'}}]]}},
                {'rule':{'family':'ip','table':'t','chain':'service','expr':[{'dnat':{'addr':'10.244.0.9','port':80}}]}}
                """);
        for (String rule : rules) {
            text.append(",{'rule':{'family':'ip','table':'t','chain':'pre','expr':[" + rule + "]}}");
        }
        return text.append("]}").toString().replace('\'', '"');
    }
}
