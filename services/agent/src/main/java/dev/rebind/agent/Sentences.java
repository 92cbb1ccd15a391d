package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation.Told;
import dev.rebind.diagnosis.text.Clauses;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts what happened into plain sentences. Pure. */
public final class Sentences {
    /** The kinds of remedies that end what stands in the way, or show it. The others are in {@link Explanation#prevention}. */
    private static final Set<String> ENDING =
            Set.of("end_processes", "stop_unit", "stop_container", "find_as_root", "close_connections");

    /**
     * The subject for the server that a restart starts. The text gives no number, because a cycle has two servers and people count cycles.
     */
    public static final String NEW = "The new server";

    private final Clauses clauses;

    /** @param zone the time zone for times of day */
    public Sentences(ZoneId zone) {
        this.clauses = new Clauses(zone);
    }

    /** Describes a failed bind: what failed, why, until when, and what would have prevented it. */
    public FailureText failed(Start.Failed failed, Explanation explanation) {
        return failed(NEW, failed, explanation);
    }

    /**
     * Describes a failed bind.
     *
     * @param who the server that failed, as the subject of the first sentence
     */
    public FailureText failed(String who, Start.Failed failed, Explanation explanation) {
        Told told = explanation.told();
        boolean nothing = explanation.blocking().isEmpty();
        String what = who
                + (failed.errno() == null && nothing ? " did not start on " : " could not " + verb(failed))
                + failed.settings().place()
                + errno(failed);
        var further = new ArrayList<String>();
        told.remedies().stream()
                .filter(remedy -> ENDING.contains(remedy.kind()))
                .map(Explanation.Remedy::text)
                .forEach(further::add);
        further.addAll(explanation.doubts());
        return new FailureText(
                what + (nothing ? "." : ": " + String.join("; and ", told.inTheWay()) + "."),
                nothing ? told.inTheWay() : told.holders(),
                nothing ? null : release(explanation.release(), failed.at(), failed.atNanos()),
                explanation.prevention(),
                further);
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

    /** Says when the port is free again, counted from the moment of the failure, because a record is read later. */
    String release(Release release, Instant at, long atNanos) {
        return switch (release) {
            case Release.Free _ -> "Nothing stood in the way any more when the port was looked at.";
            case Release.Held held -> "The port does not become free by itself: " + held.why() + ".";
            case Release.Unbounded unbounded -> "When the port is free again cannot be told: " + unbounded.why() + ".";
            case Release.Window window -> {
                String earliest = seconds(Math.max(0, window.earliestNanos() - atNanos));
                long latestIn = window.latestNanos() - atNanos;
                String latest = seconds(latestIn);
                String caveat = window.caveat().isEmpty() ? "" : " (" + window.caveat() + ")";
                if (window.predictedNanos().isPresent()) {
                    yield freeAgain(window.predictedNanos().getAsLong() - atNanos, at, caveat);
                }
                yield earliest.equals(latest)
                        ? freeAgain(latestIn, at, caveat)
                        : "The port is free again between " + earliest + " and " + latest
                                + " after the failed bind, at " + clock(at.plusNanos(latestIn)) + " at the latest"
                                + caveat + ".";
            }
        };
    }

    private String freeAgain(long inNanos, Instant at, String caveat) {
        return "The port is free again " + seconds(inNanos) + " after the failed bind, at "
                + clock(at.plusNanos(inNanos)) + caveat + ".";
    }

    /**
     * Describes a bind that succeeded: which leftovers were on the port, and which other listeners share it.
     *
     * @param residue sockets that were on the port before, by state
     */
    public static String bound(Start.Bound bound, Map<String, Integer> residue, boolean oldReuse, boolean newReuse) {
        String text = NEW + " bound " + bound.place();
        Map<String, Integer> left = new LinkedHashMap<>(residue);
        if (!bound.beside().isEmpty()) {
            left.remove(TcpState.LISTEN.name());
        }
        String beside = bound.beside().stream().map(one -> " " + one.text()).collect(Collectors.joining());
        if (left.isEmpty()) {
            return text + (bound.beside().isEmpty() ? ": nothing was left on the port." : ".") + beside;
        }
        return text + " over "
                + left.entrySet().stream()
                        .map(entry -> count(entry.getValue(), "socket") + " in " + entry.getKey())
                        .collect(Collectors.joining(" and "))
                + (oldReuse && newReuse && !left.containsKey(TcpState.LISTEN.name())
                        ? ": both servers set SO_REUSEADDR."
                        : ": by then none of it stood in the way.")
                + beside;
    }

    static String count(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    private String clock(Instant moment) {
        return clauses.timeOfDay(moment);
    }
}
