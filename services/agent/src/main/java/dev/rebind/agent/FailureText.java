package dev.rebind.agent;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failed bind in plain sentences. The components are in reading order.
 *
 * @param event what failed, and what stood in the way
 * @param holders who has the sockets in the way, or why the kernel refuses the bind for another reason
 * @param release when the port is free; null where nothing is known to stand in the way
 * @param prevention what would have let the server bind; null where that is not known
 * @param further what ends the problem, and what is not known
 */
public record FailureText(
        String event,
        List<String> holders,
        @Nullable String release,
        @Nullable String prevention,
        List<String> further) {
    public FailureText {
        holders = List.copyOf(holders);
        further = List.copyOf(further);
    }

    /** Returns all sentences as one text. */
    public String whole() {
        var sentences = new ArrayList<String>();
        sentences.add(event);
        sentences.addAll(holders);
        if (release != null) {
            sentences.add(release);
        }
        if (prevention != null) {
            sentences.add(prevention);
        }
        sentences.addAll(further);
        return String.join(" ", sentences);
    }
}
