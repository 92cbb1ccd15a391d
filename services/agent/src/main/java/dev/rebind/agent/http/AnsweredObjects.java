package dev.rebind.agent.http;

import dev.rebind.agent.Explanation;
import dev.rebind.agent.PortView;
import dev.rebind.sockets.Reading;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the agent said lately, by number, so that its caller can refer to it: a port may have thousands of sockets. An
 * explanation keeps the look that it was made from. Safe for several threads.
 */
final class AnsweredObjects {
    private static final int MOST_LOOKS = 256;
    private static final int MOST_SOCKETS = 200_000;
    private static final int MOST_EXPLANATIONS = 100;

    private final Map<Long, PortView> looks = new LinkedHashMap<>();
    private final Map<Long, Explained> explanations = new LinkedHashMap<>();
    private long last;
    private long sockets;

    record Explained(Explanation explanation, PortView at) {}

    synchronized long look(PortView view) {
        last++;
        looks.put(last, view);
        sockets += size(view);
        var eldest = looks.entrySet().iterator();
        while (looks.size() > MOST_LOOKS || (looks.size() > 1 && sockets > MOST_SOCKETS)) {
            sockets -= size(eldest.next().getValue());
            eldest.remove();
        }
        return last;
    }

    synchronized long explanation(Explanation explanation, PortView at) {
        last++;
        explanations.put(last, new Explained(explanation, at));
        if (explanations.size() > MOST_EXPLANATIONS) {
            var eldest = explanations.entrySet().iterator();
            eldest.next();
            eldest.remove();
        }
        return last;
    }

    synchronized PortView lookOf(long id) {
        @Nullable PortView view = looks.get(id);
        if (view == null) {
            throw Refusal.gone("look " + id + " is not remembered any more");
        }
        return view;
    }

    synchronized Explained explanationOf(long id) {
        @Nullable Explained explained = explanations.get(id);
        if (explained == null) {
            throw Refusal.gone("explanation " + id + " is not remembered any more");
        }
        return explained;
    }

    private static long size(PortView view) {
        return size(view.local()) + size(view.remote()) + size(view.listeners());
    }

    private static long size(Reading reading) {
        return switch (reading) {
            case Reading.Snapshot snapshot -> snapshot.sockets().size();
            case Reading.Unreadable _ -> 0;
        };
    }
}
