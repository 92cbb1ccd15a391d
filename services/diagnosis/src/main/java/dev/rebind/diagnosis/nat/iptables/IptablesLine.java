package dev.rebind.diagnosis.nat.iptables;

import dev.rebind.diagnosis.nat.Applies;
import dev.rebind.diagnosis.nat.FirstPackets;
import dev.rebind.diagnosis.nat.RuleSteps;
import dev.rebind.sockets.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One rule as iptables-save prints it; see iptables-extensions(8).
 *
 * @param match which of the traffic it matches
 * @param target where it jumps to, a chain or an extension; empty where it only counts
 * @param options those of the target
 */
record IptablesLine(Applies match, String target, boolean isGoto, Map<String, String> options) {
    private static final Pattern TOKEN = Pattern.compile("\"((?:\\\\.|[^\"\\\\])*)\"|(\\S+)");

    /** Modules whose conditions are all in options that are judged below. */
    private static final Set<String> JUDGED = Set.of("tcp", "comment", "addrtype", "multiport", "conntrack", "state");

    static IptablesLine of(String line, FirstPackets traffic) {
        List<String> tokens = tokens(line);
        // By addrtype's limits on devices, an address of this machine may not be LOCAL.
        boolean limited = line.contains(" --limit-iface-");
        Applies match = Applies.YES;
        int at = 2;
        while (at < tokens.size() && !isJump(tokens.get(at))) {
            boolean negated = tokens.get(at).equals("!");
            int option = negated ? at + 1 : at;
            int end = end(tokens, option);
            Applies holds =
                    option < tokens.size() && !(limited && tokens.get(option).equals("--dst-type"))
                            ? condition(tokens.get(option), tokens.subList(Math.min(option + 1, end), end), traffic)
                            : Applies.MAYBE;
            match = match.and(negated ? holds.not() : holds);
            at = end;
        }
        return at + 1 < tokens.size()
                ? new IptablesLine(
                        match,
                        tokens.get(at + 1),
                        isGoto(tokens.get(at)),
                        options(tokens.subList(at + 2, tokens.size())))
                : new IptablesLine(match, "", false, Map.of());
    }

    private static boolean isGoto(String token) {
        return token.equals("-g");
    }

    private static boolean isJump(String token) {
        return token.equals("-j") || isGoto(token);
    }

    private static List<String> tokens(String line) {
        var tokens = new ArrayList<String>();
        Matcher matcher = TOKEN.matcher(line);
        while (matcher.find()) {
            tokens.add(matcher.group(1) == null ? matcher.group() : matcher.group(1));
        }
        return tokens;
    }

    /** @return where the next option begins */
    private static int end(List<String> tokens, int option) {
        int end = option + 1;
        if (option < tokens.size() && tokens.get(option).equals("--comment")) {
            return Math.min(option + 2, tokens.size());
        }
        while (end < tokens.size()
                && !tokens.get(end).startsWith("-")
                && !tokens.get(end).equals("!")) {
            end++;
        }
        return end;
    }

    private static Map<String, String> options(List<String> tokens) {
        var options = new HashMap<String, String>();
        for (int i = 0; i < tokens.size(); i++) {
            boolean hasValue = i + 1 < tokens.size() && !tokens.get(i + 1).startsWith("-");
            options.put(tokens.get(i), hasValue ? tokens.get(i + 1) : "");
        }
        return options;
    }

    private static Applies condition(String option, List<String> values, FirstPackets traffic) {
        String value = values.isEmpty() ? "" : values.getFirst();
        List<String> words = List.of(value.split(",", -1));
        return switch (option) {
            case "--comment" -> Applies.YES;
            case "-m" -> JUDGED.contains(value) ? Applies.YES : Applies.MAYBE;
            case "-p" -> Applies.of(Set.of("tcp", "all", "6", "0").contains(value));
            case "-d" -> traffic.destination(value);
            case "-s" -> traffic.source(value);
            case "-i" -> traffic.in(value);
            case "-o" -> traffic.out(value);
            case "--dport", "--dports" -> Applies.any(words, word -> port(word, traffic));
            case "--dst-type" -> traffic.destinationType(words);
            case "--src-type" -> traffic.sourceType(words);
            case "--ctstate", "--state" -> traffic.state(words);
            case "--tcp-flags" ->
                values.size() == 2 ? traffic.flags(words, List.of(values.get(1).split(",", -1))) : Applies.MAYBE;
            // The port may be that of the client.
            case "--ports" ->
                Applies.any(words, word -> port(word, traffic)) == Applies.YES ? Applies.YES : Applies.MAYBE;
            default -> Applies.MAYBE;
        };
    }

    /** @param range a port or {@code 8000:8080} */
    private static Applies port(String range, FirstPackets traffic) {
        try {
            int[] ends = Arrays.stream(range.split(":", 2))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            return traffic.port(ends[0], ends[ends.length - 1]);
        } catch (NumberFormatException e) {
            // A name of a service; iptables-save prints numbers.
            return Applies.MAYBE;
        }
    }

    boolean untracks() {
        return options.containsKey("--notrack");
    }

    /** Adds the step of a target of {@link IptablesRules#TRANSLATES}. */
    void translate(FirstPackets traffic, RuleSteps steps) {
        switch (target) {
            case "REDIRECT" -> steps.thenTo(Applies.YES, "", option("--to-ports"));
            case "NETMAP" -> steps.thenTo(Applies.YES, option("--to"), "");
            case "TPROXY" -> transparent(option("--on-ip"), option("--on-port"), traffic, steps);
            default -> destination(option("--to-destination"), traffic, steps);
        }
    }

    private String option(String name) {
        return options.getOrDefault(name, "");
    }

    /** The kernel takes a socket with IP_TRANSPARENT only, and drops the packet where there is none (xt_TPROXY.c). */
    private static void transparent(String address, String ports, FirstPackets traffic, RuleSteps steps) {
        String shown = address.equals("0.0.0.0") || address.equals("::") ? "" : address;
        steps.thenTo(Applies.YES, shown, ports, traffic.stays(shown, ports).and(Applies.MAYBE));
    }

    /** @param target {@code 10.0.0.1}, {@code 10.0.0.1-10.0.0.9:80-90}, {@code :80}, {@code [2001:db8::1]:80} or {@code 2001:db8::1} */
    private static void destination(String target, FirstPackets traffic, RuleSteps steps) {
        boolean brackets = target.startsWith("[");
        int colon = brackets || traffic.family() == Family.IPV4
                ? target.indexOf(':', brackets ? target.lastIndexOf(']') : 0)
                : -1;
        String address = (colon < 0 ? target : target.substring(0, colon))
                .replace("[", "")
                .replace("]", "");
        String ports = colon < 0 ? "" : target.substring(colon + 1);
        if (address.isEmpty()) {
            steps.thenToPort(Applies.YES, ports);
        } else {
            steps.thenTo(Applies.YES, address, ports);
        }
    }
}
