package dev.rebind.sockets.netfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rebind.sockets.AsNobody;
import dev.rebind.sockets.TestJvm;
import dev.rebind.sockets.proc.KernelModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("When the kernel is asked for the chains of nftables")
class NftChainsTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("there are none, or it tells all of them and what their rules do")
    void chains() throws IOException, InterruptedException {
        List<String> lines = inOwnNamespace("make");
        assertThat(lines.getFirst()).isEqualTo("Read[chains=[], dormant=[]]");
        assumeThat(lines).as("this kernel takes what the test makes").noneMatch(line -> line.startsWith("refused"));
        assertThat(lines.getLast())
                .contains(
                        chain("INET", "mine", "pre", "Optional[Base[hook=PREROUTING, type=nat, priority=-100]]", ""),
                        chain("INET", "mine", "apart", "Optional.empty", "TRANSLATE"),
                        chain("INET", "mine", "quiet", "Optional[Base[hook=OUTPUT, type=filter, priority=0]]", ""),
                        chain("INET", "mine", "out", "Optional[Base[hook=POSTROUTING, type=nat, priority=100]]", ""),
                        chain("IP", "rewrites", "in", "Optional[Base[hook=INPUT, type=filter, priority=0]]", "REWRITE"),
                        chain(
                                "NETDEV",
                                "away",
                                "in",
                                "Optional[Base[hook=INGRESS, type=filter, priority=0]]",
                                "FORWARD"))
                .contains("dormant=[NftTable[family=IP, name=asleep]]")
                .doesNotContain("table=asleep");
    }

    private static String chain(String family, String table, String name, String base, String deed) {
        return "NftChain[family=" + family + ", table=" + table + ", name=" + name + ", base=" + base + ", deeds=["
                + deed + "], targets=[]]";
    }

    @Test
    @DisplayName("the extensions of iptables that are targets have their names, and only DNAT is one of a destination")
    void targets() throws IOException, InterruptedException {
        TestJvm.Ended ended = TestJvm.run(List.of("unshare", "-rn", "sh", "-c", """
                        iptables-nft -t nat -A OUTPUT -p tcp -j REDIRECT --to-ports 9 &&
                        iptables-nft -t nat -A POSTROUTING -p tcp -j MASQUERADE || exit 42
                        exec "$@"
                        """, "sh"), NftScenes.class);
        assumeThat(ended.exitCode()).as("iptables-nft makes rules: %s", ended).isZero();
        assertThat(ended.out())
                .contains(
                        "name=OUTPUT, base=Optional[Base[hook=OUTPUT, type=nat, priority=-100]], deeds=[], targets=[REDIRECT]]")
                .contains("targets=[MASQUERADE]]");
    }

    private static List<String> inOwnNamespace(String... arguments) throws IOException, InterruptedException {
        TestJvm.Ended ended = TestJvm.run(List.of("unshare", "-rn"), NftScenes.class, arguments);
        assumeThat(ended.exitCode())
                .as("a network namespace of its own: %s", ended)
                .isZero();
        List<String> lines = ended.out().lines().toList();
        assumeThat(lines.getFirst()).as("this kernel has nf_tables").isNotEqualTo("NoTables[]");
        return lines;
    }

    @Test
    @DisplayName("a user without CAP_NET_ADMIN is told that it is missing")
    void nobody() throws IOException, InterruptedException {
        assertThat(AsNobody.run(NftScenes.class)).isIn("NotPermitted[]", "NoTables[]");
    }

    @Test
    @DisplayName("nothing is asked where the module is not loaded, which a request would load")
    void absent() throws IOException {
        Path modules = file("modules", "nf_tables_set 1 0 - Live 0x0\nnfnetlink 1 0 - Live 0x0\n");
        Path loaded = file("loaded", "nf_tables 1 0 - Live 0x0\n");
        Path builtin = file("builtin", "kernel/net/core.ko\n");
        Path inside = file("inside", "kernel/net/netfilter/nf_tables.ko\n");
        Path netlink = file("netlink", "sk Eth Pid\n0000 0   0\n0000 4   12\n");
        Path netfilter = file("netfilter", "sk Eth Pid\n0000 0   0\n0000 12  0\n");
        assertThat(NftChains.isAbsent(new KernelModules(modules, Optional.of(builtin)), netfilter))
                .isTrue();
        assertThat(NftChains.isAbsent(new KernelModules(modules, Optional.of(inside)), netlink))
                .isFalse();
        assertThat(NftChains.isAbsent(new KernelModules(loaded, Optional.of(builtin)), netlink))
                .isFalse();
        var unknown = new KernelModules(modules, Optional.empty());
        assertThat(NftChains.isAbsent(unknown, netfilter)).isFalse();
        assertThat(NftChains.isAbsent(unknown, netlink)).isTrue();
        assertThat(NftChains.isAbsent(unknown, folder.resolve("none"))).isFalse();
        assertThat(NftChains.isAbsent(unknown, file("sandbox", "sk Eth Pid\n"))).isFalse();
        assertThat(NftChains.isAbsent(new KernelModules(folder.resolve("none"), Optional.empty()), netfilter))
                .isFalse();
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
