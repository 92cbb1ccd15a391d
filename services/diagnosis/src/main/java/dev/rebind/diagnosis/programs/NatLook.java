package dev.rebind.diagnosis.programs;

import dev.rebind.diagnosis.nat.Destination;
import dev.rebind.diagnosis.nat.IptablesRules;
import dev.rebind.diagnosis.nat.NftRules;
import dev.rebind.diagnosis.seen.Nat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks iptables-save, ip6tables-save and nft for the rules that translate addresses. They need CAP_NET_ADMIN. */
public final class NatLook {
    private static final Duration AT_MOST = Duration.ofSeconds(2);

    private NatLook() {}

    /** The programs run while other things are looked at. */
    public record Started(
            Commands.@Nullable Running four, Commands.@Nullable Running six, Commands.@Nullable Running nft) {
        /** Nothing was started. */
        public static final Started NONE = new Started(null, null, null);

        /** Waits for the programs, and reads what they print. */
        public Nat on(int port, Destination here) {
            if (four == null || six == null || nft == null) {
                return new Nat.NotAsked();
            }
            var rules = new ArrayList<Nat.Rule>();
            var missing = new ArrayList<String>();
            boolean any = false;
            for (Commands.Running saved : List.of(four, six)) {
                Optional<String> text = text(saved, missing);
                any |= text.isPresent();
                text.ifPresent(rulesText -> rules.addAll(IptablesRules.on(rulesText, port, here)));
            }
            Optional<String> json = text(nft, missing);
            any |= json.isPresent();
            if (json.isPresent()) {
                rules.addAll(NftRules.on(json.get(), port, here));
            }
            // Rules of iptables are rules of nft too where both are there, so that one tool that could read is enough
            // to find them; none that could means that nothing is known.
            return any || !rules.isEmpty()
                    ? new Nat.Read(rules.stream().distinct().toList())
                    : new Nat.Unread(
                            missing.isEmpty() ? "neither nft nor iptables-save is installed" : missing.getFirst());
        }

        private static Optional<String> text(Commands.Running running, List<String> missing) {
            return switch (running.await(AT_MOST)) {
                case Commands.Answer.Output(String text) -> Optional.of(text);
                case Commands.Answer.Failed(String why) -> {
                    missing.add(why + "; reading the rules needs CAP_NET_ADMIN");
                    yield Optional.empty();
                }
                case Commands.Answer.NotThere _ -> Optional.empty();
            };
        }
    }

    /** Starts them in the network namespace of the calling thread. */
    public static Started start() {
        return new Started(
                Commands.start("iptables-save"),
                Commands.start("ip6tables-save"),
                Commands.start("nft", "-j", "list", "ruleset"));
    }
}
