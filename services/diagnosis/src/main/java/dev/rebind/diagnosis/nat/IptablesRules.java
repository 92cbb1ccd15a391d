package dev.rebind.diagnosis.nat;

import dev.rebind.diagnosis.seen.Nat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules of the nat table that send a port elsewhere, from the text of iptables-save. Pure. */
public final class IptablesRules {
    private static final Pattern APPEND = Pattern.compile("-A (\\S+) ?(.*)");
    private static final Pattern JUMP = Pattern.compile("(?:^| )(?:-j|-g) (\\S+)");
    private static final Pattern PORTS = Pattern.compile("(! )?--dports? (\\S+)");
    private static final Pattern TO = Pattern.compile("--to-(?:destination|ports?) (\\S+)");
    private static final Pattern DESTINATION = Pattern.compile("(! )?-d (\\S+)");
    private static final Pattern PROTOCOL = Pattern.compile("(?:^| )-p (\\S+)");

    private IptablesRules() {}

    public static List<Nat.Rule> on(String text, int port, Destination here) {
        Map<String, List<String>> chains = new LinkedHashMap<>();
        boolean nat = false;
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("*")) {
                nat = line.equals("*nat");
            }
            Matcher append = APPEND.matcher(line);
            if (nat && append.matches()) {
                chains.computeIfAbsent(append.group(1), _ -> new ArrayList<>()).add(append.group(2));
            }
        }
        var found = new ArrayList<Nat.Rule>();
        for (String hook : List.of("PREROUTING", "OUTPUT")) {
            follow(hook, hook, false, port, here, chains, new HashSet<>(), found);
        }
        return found;
    }

    /** @param matched whether a rule on the way here has named the port */
    private static void follow(
            String hook,
            String chain,
            boolean matched,
            int port,
            Destination here,
            Map<String, List<String>> chains,
            Set<String> visited,
            List<Nat.Rule> found) {
        if (!visited.add(chain + matched)) {
            return;
        }
        for (String rule : chains.getOrDefault(chain, List.of())) {
            Matcher protocol = PROTOCOL.matcher(rule);
            if (protocol.find()
                    && !protocol.group(1).equals("tcp")
                    && !protocol.group(1).equals("all")) {
                continue;
            }
            Matcher ports = PORTS.matcher(rule);
            boolean names = ports.find();
            if (names && (ports.group(1) != null) == contains(ports.group(2), port)) {
                continue;
            }
            Matcher to = DESTINATION.matcher(rule);
            if (to.find() && to.group(1) == null && !here.has(to.group(2))) {
                continue;
            }
            boolean named = matched || names;
            Matcher jump = JUMP.matcher(rule);
            if (!jump.find()) {
                continue;
            }
            switch (jump.group(1)) {
                case "DNAT", "REDIRECT", "TPROXY", "NETMAP" -> {
                    if (named) {
                        Matcher target = TO.matcher(rule);
                        found.add(new Nat.Rule("-A " + chain + " " + rule, target.find() ? target.group(1) : "", hook));
                    }
                }
                default -> follow(hook, jump.group(1), named, port, here, chains, visited, found);
            }
        }
    }

    /** @param list ports and ranges: {@code 80,8000:8080} */
    private static boolean contains(String list, int port) {
        for (String part : list.split(",", -1)) {
            String[] ends = part.split(":", 2);
            try {
                int first = Integer.parseInt(ends[0]);
                int last = ends.length == 2 ? Integer.parseInt(ends[1]) : first;
                if (port >= first && port <= last) {
                    return true;
                }
            } catch (NumberFormatException e) {
                // A name of a service; iptables-save prints numbers.
                return false;
            }
        }
        return false;
    }
}
