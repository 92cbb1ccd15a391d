package dev.rebind.agent;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failed bind in plain sentences, in the order in which they are told.
 *
 * @param event what failed, and what stood in the way
 * @param holders who has it, or why the kernel refuses the bind whatever stands on the port
 * @param release when the port is free; null where nothing is known to stand in the way
 * @param prevention what would have let it bind; null where that is not known
 * @param further what ends it, and what is not known
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

    /** All of it. */
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
