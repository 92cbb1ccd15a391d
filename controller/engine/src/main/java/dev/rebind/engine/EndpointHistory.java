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
 * To which endpoints a Service sent connections, by looks at its EndpointSlices. A slice's generation counts its changes, so that
 * two looks prove what was between them: nothing, or one change whose moment is not known. Times are {@link System#nanoTime()}.
 * Safe for several threads.
 */
public final class EndpointHistory {
    /** How many states are kept; each change of a slice makes one. */
    private static final int MOST = 1_000;

    /**
     * One look.
     *
     * @param askedNanos before it
     * @param answeredNanos after it
     * @param slices generation of each slice, by its uid
     * @param ready addresses of endpoints that are ready
     * @param draining addresses of those that end and still serve: some proxies send connections there while none is ready, and others refuse them
     * @param goneNanos when the pod of the only ready address was known to be gone; null where it is there, or there is not one address
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

    /** Where connections can have been sent during a time. */
    public sealed interface Sent {
        /** Nowhere: the Service had no endpoint that is ready. */
        record Nowhere() implements Sent {}

        /**
         * All to one address.
         *
         * @param goneNanos when its pod was known to be gone; null where it was there at the last look
         */
        record Only(String address, @Nullable Long goneNanos) implements Sent {}

        /** To several, or it is not known. */
        record Unclear() implements Sent {}
    }

    /** Looks that saw the same slices, from the first to the last. */
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

    /** Where connections can have been sent from one moment to the other, both included. */
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
            // An address may have been given to another pod, so that the last one counts.
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

    /** All states that can have been then, in their order; empty where the looks do not reach from before it until after it. */
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
                // Of those before it only the last one that was seen before the time began can have been there then.
                if (state.first().answeredNanos() - from <= 0) {
                    possible.clear();
                }
                possible.add(state);
            }
            before = state;
        }
        return possible;
    }

    /** Whether nothing can have come and gone between two looks: one slice was changed once, was made, or was deleted. */
    private static boolean isOneChange(Map<String, Long> before, Map<String, Long> after) {
        var uids = new TreeMap<>(before);
        uids.putAll(after);
        long changes = 0;
        for (String uid : uids.keySet()) {
            Long was = before.get(uid);
            Long is = after.get(uid);
            // A slice is made with generation 1; how often a deleted one was changed before that is not known.
            changes += was == null ? is == null ? 0 : is : is == null ? 2 : is - was;
        }
        return changes == 1;
    }
}
