package dev.rebind.report.drawing;

import dev.rebind.record.CycleRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far the close of a connection has come, by the states of both ends (RFC 9293, section 3.6). The end that closes first sends FIN (1).
 * The other end acknowledges it (2) and sends its own FIN (3), which the first end acknowledges (4).
 *
 * @param serverFirst whether the server closed first
 * @param seen number of segments that must have arrived according to the states, 0 to 4
 * @param reset whether one RST was sent instead of these segments
 * @param note what the picture means
 */
public record Segments(boolean serverFirst, int seen, boolean reset, String server, String client, String note) {
    private static final String NONE = "";

    private record Ends(String server, String client) {}

    private record Meaning(boolean serverFirst, int seen, String note) {}

    private static final Map<Ends, Meaning> MEANINGS = Map.of(
            new Ends("TIME_WAIT", NONE),
            new Meaning(true, 4, "The server closed first and keeps TIME_WAIT; the client's end is gone."),
            new Ends("FIN_WAIT_2", "CLOSE_WAIT"),
            new Meaning(true, 2, "The client has not closed: the server's end waits for its FIN."),
            new Ends("FIN_WAIT_1", "ESTABLISHED"),
            new Meaning(true, 0, "The server's FIN waits behind data that the client does not read."),
            new Ends("ESTABLISHED", "ESTABLISHED"),
            new Meaning(true, 0, "Nobody has closed."),
            new Ends("CLOSE_WAIT", "FIN_WAIT_2"),
            new Meaning(false, 2, "The client has closed, and the server has not."),
            new Ends(NONE, "TIME_WAIT"),
            new Meaning(
                    false, 4, "The client closed first and keeps TIME_WAIT; nothing is left on the server's port."));

    /** Returns empty where the states of both ends are not known, or do not fit together. */
    public static Optional<Segments> of(CycleRecord cycle) {
        if (cycle.residue() == null || cycle.peers() == null) {
            return Optional.empty();
        }
        Optional<String> server = only(cycle.residue());
        Optional<String> client = only(cycle.peers());
        if (server.isEmpty() || client.isEmpty()) {
            return Optional.empty();
        }
        var ends = new Ends(server.get(), client.get());
        Meaning meaning = MEANINGS.get(ends);
        if (meaning != null) {
            return Optional.of(new Segments(
                    meaning.serverFirst(),
                    meaning.seen(),
                    false,
                    shown(ends.server()),
                    shown(ends.client()),
                    meaning.note()));
        }
        if (ends.equals(new Ends(NONE, NONE))
                && cycle.clients() != null
                && cycle.clients().resets() > 0) {
            return Optional.of(new Segments(
                    true, 1, true, "CLOSED", "CLOSED", "The connections were reset: nothing is left at either end."));
        }
        return Optional.empty();
    }

    /**
     * The state that all connections of an end have; {@link #NONE} where there are no connections; empty where there are several states.
     */
    private static Optional<String> only(Map<String, Integer> states) {
        var connections = new TreeMap<>(states);
        connections.remove("LISTEN");
        return switch (connections.size()) {
            case 0 -> Optional.of(NONE);
            case 1 -> Optional.of(connections.firstKey());
            default -> Optional.empty();
        };
    }

    private static String shown(String state) {
        return state.equals(NONE) ? "CLOSED" : state;
    }

    /** States of the end that closed first; the index is the number of segments that have arrived. */
    static List<String> first() {
        return List.of("ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT");
    }

    /** States of the end that closed second, in the order in which it reaches them. */
    static List<String> second() {
        return List.of("ESTABLISHED", "CLOSE_WAIT", "LAST_ACK", "CLOSED");
    }
}
