package dev.rebind.experiment.file;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.Parser;

/**
 * Refuses a file that becomes too large when its aliases are written out. An alias takes three characters in the file, but readers must
 * process its whole value again. The length of a value is the sum of its scalars' lengths, plus one for each node.
 */
final class AliasBound implements Parser {
    private final Parser parser;
    /** Length of each anchored value of the present document. */
    private final Map<String, Long> lengths = new HashMap<>();

    private final Deque<Open> open = new ArrayDeque<>();
    private long writtenOut;

    /** A map or a list that has not ended. */
    private static final class Open {
        private final @Nullable String anchor;
        private long length = 1;

        Open(@Nullable String anchor) {
            this.anchor = anchor;
        }
    }

    AliasBound(Parser parser) {
        this.parser = parser;
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
        return parser.checkEvent(choice);
    }

    @Override
    public Event peekEvent() {
        return parser.peekEvent();
    }

    @Override
    public Event getEvent() {
        Event event = parser.getEvent();
        switch (event) {
            case DocumentStartEvent _ -> lengths.clear();
            case ScalarEvent scalar ->
                ended(scalar.getAnchor(), 1L + scalar.getValue().length());
            case CollectionStartEvent start -> open.push(new Open(start.getAnchor()));
            case CollectionEndEvent _ -> {
                Open ended = open.pop();
                ended(ended.anchor, ended.length);
            }
            case AliasEvent alias -> repeated(lengths.getOrDefault(alias.getAnchor(), 1L));
            default -> {
                // These events have no length: begin and end of the file, end of a document, comments.
            }
        }
        return event;
    }

    private void ended(@Nullable String anchor, long length) {
        if (anchor != null) {
            lengths.put(anchor, length);
        }
        addToParent(length);
    }

    private void repeated(long length) {
        writtenOut += length;
        if (writtenOut > FileLimits.WRITTEN_OUT) {
            throw new YAMLException("aliases that stand for more than " + FileLimits.WRITTEN_OUT + " characters");
        }
        addToParent(length);
    }

    private void addToParent(long length) {
        Open parent = open.peek();
        if (parent != null) {
            parent.length += length;
        }
    }
}
