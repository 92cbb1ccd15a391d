package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.finding.Sharing;
import dev.rebind.diagnosis.seen.Nat;
import java.util.ArrayList;
import java.util.List;

/** Who else gets clients of the port, in words. Pure. */
final class SharingText {
    private static final int MOST = 5;

    private SharingText() {}

    static List<String> sentences(List<Sharing> sharing, int port) {
        var lines = new ArrayList<String>();
        for (Sharing one : sharing.stream().limit(MOST).toList()) {
            String who = HolderText.name(one.holder()) + " on " + one.listener().local();
            lines.add("Beside a server on " + one.place() + (one.needsReusePort() ? " with SO_REUSEPORT, " : ", ") + who
                    + " " + gets(one, port));
        }
        if (sharing.size() > MOST) {
            lines.add((sharing.size() - MOST) + " more listeners are on the port.");
        }
        return lines;
    }

    private static String gets(Sharing one, int port) {
        return switch (one.gets()) {
            case ITS_ADDRESS ->
                "gets the clients of its own address "
                        + one.listener().local().toString().replace(":" + port, "")
                        + (one.place().wildcard()
                                ? ", and the server those of the others."
                                : ", and the server those of " + one.place() + ".");
            case ALL_IPV4 ->
                "gets all clients over IPv4, as an IPv4 listener comes before one for both families; the server gets those"
                        + " over IPv6 only.";
            case ALL_IPV6 -> "gets the clients over IPv6.";
            case A_SHARE -> "gets a share of the clients, by a hash over addresses and ports.";
            case ITS_DEVICE -> "gets the clients that come in over its device.";
            case THE_REST -> "gets the clients of all other addresses.";
        };
    }

    static List<String> nat(Nat nat) {
        return switch (nat) {
            case Nat.Read(List<Nat.Rule> rules) ->
                rules.stream()
                        .limit(MOST)
                        .map(rule -> "A rule of address translation sends the clients that it matches elsewhere"
                                + (rule.target().isEmpty() ? "" : ", to " + rule.target())
                                + (rule.hook().equals("OUTPUT")
                                        ? ", those on this machine"
                                        : rule.hook().equals("PREROUTING") ? ", those from other machines" : "")
                                + ": `" + rule.text() + "`. A server here does not see these clients.")
                        .toList();
            case Nat.Unread _, Nat.NotAsked _ -> List.of();
        };
    }
}
