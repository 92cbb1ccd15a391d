package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Sharing;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.sockets.Family;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;

/** Who else gets clients of the port, in words. Pure. */
final class SharingText {
    private static final int MOST = 5;
    private static final int LONGEST_RULE = 300;

    private SharingText() {}

    static List<String> sentences(List<Sharing> sharing, int port) {
        // With SO_REUSEPORT a server has a listener for each of its workers, of which the same is to be said.
        List<String> all =
                sharing.stream().map(one -> sentence(one, port)).distinct().toList();
        var lines = new ArrayList<>(all.stream().limit(MOST).toList());
        if (all.size() > MOST) {
            lines.add((all.size() - MOST) + " more kinds of listeners are on the port.");
        }
        return lines;
    }

    private static String sentence(Sharing one, int port) {
        boolean several = one.holder() instanceof Holder.Processes processes
                && processes.all().size() > 1;
        return "Beside a server on " + one.place() + (one.needsReusePort() ? " with SO_REUSEPORT, " : ", ")
                + (HolderText.perhapsNoProcess(one.holder())
                        ? "the listener on "
                        : HolderText.name(one.holder()) + " on ")
                + one.listener().local()
                + (several ? " get " : " gets ") + gets(one, port);
    }

    /** A server for one family has no clients of the other one, on whatever address. */
    private static String others(Sharing one) {
        boolean bothFamilies = one.place().bothFamilies();
        boolean four = one.listener().local().address() instanceof Inet4Address;
        return bothFamilies || four == (one.place().family() == Family.IPV4)
                ? "of the others."
                : four ? "over IPv6." : "over IPv4.";
    }

    private static String gets(Sharing one, int port) {
        return switch (one.gets()) {
            case ITS_ADDRESS ->
                "the clients of its own address "
                        + one.listener().local().toString().replace(":" + port, "")
                        + (one.place().wildcard()
                                ? ", and the server those " + others(one)
                                : ", and the server those of " + one.place() + ".");
            case ALL_IPV4 ->
                "all clients over IPv4, as an IPv4 listener comes before one for both families; the server gets those"
                        + " over IPv6 only.";
            case ALL_IPV6 -> "the clients over IPv6.";
            case A_SHARE ->
                "a share of the clients, by a hash over addresses and ports, or as a BPF program of the group chooses.";
            case ITS_DEVICE -> "the clients that come in over its device.";
            case THE_REST -> rest(one);
        };
    }

    private static String rest(Sharing one) {
        if (one.listener().local().address() instanceof Inet4Address) {
            return one.place().family() == Family.IPV4
                    ? "the clients of all other IPv4 addresses."
                    : "the clients over IPv4.";
        }
        return Boolean.TRUE.equals(one.listener().v6Only())
                ? "the clients of all other IPv6 addresses."
                : "the clients of all other addresses.";
    }

    static List<String> nat(Nat nat) {
        return switch (nat) {
            case Nat.Read read -> {
                List<Nat.Rule> rules = read.rules();
                List<String> lines = new ArrayList<>(
                        rules.stream().limit(MOST).map(SharingText::rule).toList());
                if (rules.size() > MOST) {
                    lines.add((rules.size() - MOST)
                            + " more rules of address translation send clients elsewhere, or may do so.");
                }
                yield lines;
            }
            case Nat.Unread _, Nat.NotAsked _ -> List.of();
        };
    }

    private static String rule(Nat.Rule rule) {
        String clients = "clients"
                + rule.family()
                        .map(family -> family == Family.IPV4 ? " over IPv4" : " over IPv6")
                        .orElse("")
                + switch (rule.clients()) {
                    case OTHER_MACHINES -> " from other machines";
                    case THIS_MACHINE -> " on this machine";
                };
        String where = rule.target().isEmpty()
                ? ""
                : rule.target().startsWith(":")
                        ? ", to port " + Words.name(rule.target().substring(1)) + " of this machine"
                        : ", to " + Words.name(rule.target());
        return switch (rule.takes()) {
            case ALL ->
                "A rule of address translation sends all " + clients + " elsewhere" + where + ": `"
                        + Words.cut(rule.text(), LONGEST_RULE) + "`. A server here does not see them.";
            case SOME ->
                "A rule of address translation may send some " + clients + " elsewhere" + where + ": `"
                        + Words.cut(rule.text(), LONGEST_RULE) + "`. A server here does not see those that it takes.";
        };
    }
}
