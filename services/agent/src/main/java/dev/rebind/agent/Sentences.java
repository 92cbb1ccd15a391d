package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation.Blocker;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** What happened, in plain sentences. Pure. */
public final class Sentences {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.S", Locale.ROOT);

    private final ZoneId zone;

    /** @param zone in which times of day are told */
    public Sentences(ZoneId zone) {
        this.zone = zone;
    }

    /**
     * A failed bind: what, why, until when, and what would have prevented it.
     *
     * @param reuseAddress SO_REUSEADDR of an earlier generation
     */
    public String failed(Start.Failed failed, Explanation explanation, IntPredicate reuseAddress) {
        var text = new StringBuilder("Generation ")
                .append(failed.generation())
                .append(" could not ")
                .append(verb(failed))
                .append(failed.settings().place())
                .append(errno(failed));
        if (explanation.blocking().isEmpty()) {
            text.append(". ").append(String.join(" ", explanation.doubts()));
            return text.toString();
        }
        text.append(": ").append(blockers(explanation, reuseAddress)).append(". ");
        text.append(release(explanation.release(), failed.at(), failed.atNanos()));
        if (explanation.prevention() != null) {
            text.append(' ').append(explanation.prevention());
        }
        for (String doubt : explanation.doubts()) {
            text.append(' ').append(doubt);
        }
        return text.toString();
    }

    private static String verb(Start.Failed failed) {
        return "listen".equals(failed.call()) ? "listen on " : "bind ";
    }

    private static String errno(Start.Failed failed) {
        if (failed.errno() == null) {
            return " (" + failed.message() + ")";
        }
        return " (" + failed.errno() + (failed.errnoNumber() == null ? "" : ", errno " + failed.errnoNumber()) + ")";
    }

    private static String blockers(Explanation explanation, IntPredicate reuseAddress) {
        Map<Cause, List<Blocker>> byCause = explanation.blocking().stream()
                .collect(Collectors.groupingBy(Blocker::cause, LinkedHashMap::new, Collectors.toList()));
        return byCause.entrySet().stream()
                .map(entry ->
                        kind(entry.getKey(), entry.getValue()) + origin(entry.getKey(), entry.getValue(), reuseAddress))
                .collect(Collectors.joining("; and "));
    }

    private static String kind(Cause cause, List<Blocker> blockers) {
        int count = blockers.size();
        Set<TcpState> states =
                blockers.stream().map(b -> b.socket().state()).collect(Collectors.toCollection(TreeSet::new));
        String in = states.stream().map(Enum::name).collect(Collectors.joining(" and "));
        return switch (cause) {
            case listener_old -> "the old generation still listens" + holder(blockers);
            case listener_other -> "another program listens" + holder(blockers);
            case outgoing ->
                count(count, "connection") + " of another program" + (count == 1 ? " goes" : " go")
                        + " out from this port to "
                        + blockers.getFirst().socket().remote() + holder(blockers);
            case self_connect -> "a client connected to itself" + holder(blockers);
            case established, close_wait -> count(count, "socket") + " in " + in + holder(blockers);
            case closing -> count(count, "socket") + " in " + in + unsent(blockers);
            case fin_wait2, time_wait, unknown -> count(count, "socket") + " in " + in;
        };
    }

    private static String unsent(List<Blocker> blockers) {
        long bytes = blockers.stream().mapToLong(b -> b.socket().sendQ()).sum();
        return bytes == 0 ? "" : " with " + bytes + " bytes unsent or unacknowledged";
    }

    private static String holder(List<Blocker> blockers) {
        return blockers.stream()
                .map(Blocker::owner)
                .filter(Objects::nonNull)
                .distinct()
                .limit(3)
                .map(owner -> owner.name() + ", pid " + owner.pid())
                .reduce((a, b) -> a + "; " + b)
                .map(text -> " (" + text + ")")
                .orElse("");
    }

    private static String origin(Cause cause, List<Blocker> blockers, IntPredicate reuseAddress) {
        return switch (cause) {
            case listener_old, listener_other, outgoing, self_connect, unknown -> "";
            case established, close_wait, closing, fin_wait2, time_wait -> {
                List<Integer> generations = blockers.stream()
                        .map(Blocker::generation)
                        .filter(Objects::nonNull)
                        .distinct()
                        .sorted()
                        .toList();
                boolean all = blockers.stream().allMatch(b -> b.generation() != null);
                if (generations.isEmpty()) {
                    yield ", left by a server that is not known here";
                }
                yield (all ? ", left by " : ", left by a server that is not known here, and by ")
                        + generations.stream()
                                .map(g -> "generation " + g + ", which ran "
                                        + (reuseAddress.test(g) ? "with" : "without") + " SO_REUSEADDR")
                                .collect(Collectors.joining(", and by "));
            }
        };
    }

    /** When the port is free again, seen from the moment of the failure. */
    public String release(Release release, Instant at, long atNanos) {
        return switch (release) {
            case Release.Free _ -> "Nothing stands in the way any more.";
            case Release.Held held -> "The port does not become free by itself: " + held.why() + ".";
            case Release.Unbounded unbounded -> "When the port is free again cannot be told: " + unbounded.why() + ".";
            case Release.Window window -> {
                long earliest = Math.max(0, window.earliestNanos() - atNanos);
                String caveat = window.caveat().isEmpty() ? "" : " (" + window.caveat() + ")";
                if (window.predictedNanos().isPresent()) {
                    long in = window.predictedNanos().getAsLong() - atNanos;
                    yield "The port is free again in " + seconds(in) + ", at " + clock(at.plusNanos(in)) + caveat + ".";
                }
                yield "The port is free again between " + seconds(earliest) + " and "
                        + seconds(window.latestNanos() - atNanos) + " from now, at "
                        + clock(at.plusNanos(window.latestNanos() - atNanos)) + " at the latest" + caveat + ".";
            }
        };
    }

    /** A bind that succeeded, over what was left. */
    public static String bound(Start.Bound bound, Map<String, Integer> residue, boolean oldReuse, boolean newReuse) {
        String text = "Generation " + bound.generation() + " bound " + bound.place();
        if (residue.isEmpty()) {
            return text + ": nothing was left on the port.";
        }
        String left = residue.entrySet().stream()
                .map(entry -> count(entry.getValue(), "socket") + " in " + entry.getKey())
                .collect(Collectors.joining(" and "));
        return text + " over " + left
                + (oldReuse && newReuse && !residue.containsKey(TcpState.LISTEN.name())
                        ? ": both generations set SO_REUSEADDR."
                        : ": by then none of it stood in the way.");
    }

    static String count(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    private String clock(Instant instant) {
        return CLOCK.format(instant.atZone(zone));
    }
}
