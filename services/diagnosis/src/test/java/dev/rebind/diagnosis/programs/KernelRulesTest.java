package dev.rebind.diagnosis.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rebind.diagnosis.look.NetNamespaces;
import dev.rebind.diagnosis.nat.Destination;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.netfilter.NftBatch;
import dev.rebind.sockets.netlink.ReplyStatus;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** In the network namespace of another process. */
@DisplayName("When nft is missing and the kernel is asked which rules there are")
class KernelRulesTest {
    private static final String ELSEWHERE = """
            import ctypes
            if ctypes.CDLL(None).unshare(0x40000000) != 0:
                sys.exit('unshare')
            s = socket.socket()
            """;

    private static final Commands.Running NO_NFT = Commands.notStarted("nft");

    @BeforeEach
    void root() {
        assumeThat(Rights.uid()).as("only root makes network namespaces").isZero();
    }

    @Test
    @DisplayName("nothing is unread in a namespace without rules")
    void none() throws IOException, InterruptedException {
        assertThat(elsewhere(() -> Optional.of(look()), "a look")).isEqualTo(new Nat.Read(List.of(), List.of()));
    }

    @Test
    @DisplayName("chains that translate are named, and those that do not are not")
    void chains() throws IOException, InterruptedException {
        Nat nat = elsewhere(
                () -> {
                    ReplyStatus made = new NftBatch()
                            .table(NftBatch.INET, "mine")
                            .chain(NftBatch.INET, "mine", "pre", "nat", 0, -100)
                            .chain(NftBatch.INET, "mine", "post", "nat", 4, 100)
                            .chain(NftBatch.INET, "mine", "all")
                            .rule(NftBatch.INET, "mine", "all", NftBatch.expression("redir"))
                            .rule(NftBatch.INET, "mine", "pre", NftBatch.expression("counter"))
                            .commit();
                    return made instanceof ReplyStatus.Done ? Optional.of(look()) : Optional.empty();
                },
                "the kernel makes chains of the type nat");
        assertThat(nat)
                .isEqualTo(new Nat.Read(
                        List.of(),
                        List.of("table inet mine has a nat chain at prerouting: install nft to see its rules")));
    }

    @Test
    @DisplayName("rules of iptables-nft are those that iptables-save prints, and no reason to ask for more")
    void iptables() throws IOException, InterruptedException {
        Nat nat = elsewhere(
                () -> {
                    Commands.Answer made = Commands.start(
                                    "iptables-nft",
                                    "-t",
                                    "nat",
                                    "-A",
                                    "PREROUTING",
                                    "-p",
                                    "tcp",
                                    "-j",
                                    "REDIRECT",
                                    "--to-ports",
                                    "9")
                            .await(Duration.ofSeconds(10));
                    return made instanceof Commands.Answer.Output
                            ? Optional.of(look(new NatLook.Saved(Family.IPV4, Commands.start("iptables-nft-save"))))
                            : Optional.empty();
                },
                "iptables-nft makes a rule");
        assertThat(nat).isInstanceOfSatisfying(Nat.Read.class, read -> {
            assertThat(read.unread()).isEmpty();
            assertThat(read.rules())
                    .singleElement()
                    .satisfies(rule -> assertThat(rule.target()).isEqualTo(":9"));
        });
    }

    private static Nat look(NatLook.Saved... iptables) {
        return new NatLook.Started(new NatLook.Asked(List.of(iptables), NO_NFT, KernelRules.ask()))
                .on(80, Destination.everywhere(List.of()));
    }

    /** @param look empty where the machine cannot do what the test needs, which {@code needs} names */
    private static Nat elsewhere(Callable<Optional<Nat>> look, String needs) throws IOException, InterruptedException {
        try (var child = PythonChild.with(ELSEWHERE)) {
            NetNamespaces.Answer<Optional<Nat>> answer = NetNamespaces.in(NetNamespaces.ofProcess(child.pid()), look);
            Optional<Nat> nat = ((NetNamespaces.Answer.Done<Optional<Nat>>) answer).value();
            assumeThat(nat).as(needs).isPresent();
            return nat.orElseThrow();
        }
    }
}
