package dev.rebind.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints to which a Service sent connections over time, from looks at its EndpointSlices. The generation of a slice counts its
 * changes, so two looks prove whether there was no change between them or exactly one, whose moment is unknown. Its times are those of
 * {@link System#nanoTime()}. Safe for several threads.
 */
public final class EndpointHistory {
    /** The number of states that are kept. Each change of a slice makes a new state. */
    private static final int MOST = 1_000;

    /**
     * One look at the EndpointSlices of the Service.
     *
     * @param askedNanos when the API server was asked
     * @param answeredNanos when the answer was there
     * @param slices the generation of each slice, by the uid of the slice
     * @param ready addresses of endpoints that are ready
     * @param draining addresses of endpoints that are terminating and still serve; while none is ready, some proxies send connections
     *     there, and others refuse them
     * @param goneNanos when the pod of the only ready address was known to be gone; null if the pod exists, or if there is not exactly one
     *     ready address
     */
    public record Look(
            long askedNanos,
            long answeredNanos,
            Map<String, Long> slices,
            Set<String> ready,
            Set<String> draining,
            @Nullable Long goneNanos) {
        public Look {
            slices = Map.copyOf(slices);
            ready = Set.copyOf(ready);
            draining = Set.copyOf(draining);
        }

        private Sent sent() {
            if (ready.size() == 1) {
                return new Sent.Only(ready.iterator().next(), null);
            }
            return ready.isEmpty() && draining.isEmpty() ? new Sent.Nowhere() : new Sent.Unclear();
        }
    }

    /** Where the Service can have sent connections during a period. */
    public sealed interface Sent {
        /** The Service had no endpoint that was ready or terminating, so it sent connections nowhere. */
        record Nowhere() implements Sent {}

        /**
         * The Service sent all connections to one address.
         *
         * @param goneNanos when the pod of the address was known to be gone; null if the pod existed at the last look
         */
        record Only(String address, @Nullable Long goneNanos) implements Sent {}

        /** The Service had several endpoints, or its endpoints are unknown. */
        record Unclear() implements Sent {}
    }

    /** Consecutive looks that saw the same slices, from the first of them to the last. */
    private record State(Look first, Look last, @Nullable Long goneNanos) {}

    private final Deque<State> states = new ArrayDeque<>();

    public synchronized void add(Look look) {
        State before = states.peekLast();
        if (before != null
                && before.last().slices().equals(look.slices())
                && before.last().sent().equals(look.sent())) {
            states.removeLast();
            states.addLast(new State(
                    before.first(), look, before.goneNanos() == null ? look.goneNanos() : before.goneNanos()));
            return;
        }
        states.addLast(new State(look, look, look.goneNanos()));
        if (states.size() > MOST) {
            states.removeFirst();
        }
    }

    /** Returns where the Service can have sent connections from one moment to the other, both included. */
    public synchronized Sent between(long from, long to) {
        List<State> possible = possible(from, to);
        if (possible.isEmpty()) {
            return new Sent.Unclear();
        }
        var kinds = new HashSet<Sent>();
        Long gone = null;
        for (int at = 0; at < possible.size(); at++) {
            State state = possible.get(at);
            if (at > 0
                    && !isOneChange(
                            possible.get(at - 1).last().slices(), state.first().slices())) {
                return new Sent.Unclear();
            }
            kinds.add(state.last().sent());
            // The address may have been given to another pod, so the last state counts.
            gone = state.goneNanos();
        }
        if (kinds.size() > 1) {
            return new Sent.Unclear();
        }
        return switch (kinds.iterator().next()) {
            case Sent.Only(String address, Long _) -> new Sent.Only(address, gone);
            case Sent.Nowhere nowhere -> nowhere;
            case Sent.Unclear unclear -> unclear;
        };
    }

    /** Returns the states that are possible during the period, in order of time; empty if the looks do not cover the whole period. */
    private List<State> possible(long from, long to) {
        State first = states.peekFirst();
        State last = states.peekLast();
        if (first == null
                || last == null
                || first.first().answeredNanos() - from > 0
                || to - last.last().askedNanos() > 0) {
            return List.of();
        }
        var possible = new ArrayList<State>();
        State before = null;
        for (State state : states) {
            boolean begun = before == null || before.last().askedNanos() - to < 0;
            if (begun) {
                // Of the states seen before the period, only the last can still hold when the period begins.
                if (state.first().answeredNanos() - from <= 0) {
                    possible.clear();
                }
                possible.add(state);
            }
            before = state;
        }
        return possible;
    }

    /**
     * Whether the second look differs by one change of one slice, which was changed once or created. Then no other state can have existed
     * between the two looks. A deletion never counts as one change.
     */
    private static boolean isOneChange(Map<String, Long> before, Map<String, Long> after) {
        var uids = new TreeMap<>(before);
        uids.putAll(after);
        long changes = 0;
        for (String uid : uids.keySet()) {
            Long was = before.get(uid);
            Long is = after.get(uid);
            // A slice is created with generation 1. A deletion counts as 2 changes, because there may have been others
            // before it.
            changes += was == null ? is == null ? 0 : is : is == null ? 2 : is - was;
        }
        return changes == 1;
    }
}
