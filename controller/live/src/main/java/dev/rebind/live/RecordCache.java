package dev.rebind.live;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Data that all readers of records share, so that one more reader costs little: brief records, and the file offsets of cycles. When the
 * cache is full, it drops the least recently used entries and makes them again on request. Safe for several threads.
 */
public final class RecordCache {
    /** A brief record has about 1 KiB, so all of them have about 16 MiB. */
    private static final int MOST_BRIEF = 1 << 14;

    private static final int MOST_INDEXES = 64;

    private final int mostBrief;
    private final Map<Line, Brief> briefs = new Recent<>() {
        private static final long serialVersionUID = 1;

        @Override
        int most() {
            return mostBrief;
        }
    };
    private final Map<Part, RecordIndex> indexes = new Recent<>() {
        private static final long serialVersionUID = 1;

        @Override
        int most() {
            return MOST_INDEXES;
        }
    };

    private record Line(Path file, long offset, int length) {}

    private record Part(Path file, long from) {}

    /** A brief record that the first caller makes, while other callers wait for it. */
    private static final class Brief {
        private byte @Nullable [] made;

        synchronized byte[] of(byte[] line) throws IOException {
            byte[] brief = made;
            if (brief == null) {
                brief = RecordLog.brief(line);
                made = brief;
            }
            return brief;
        }
    }

    /** A map with a limited size, ordered by last use. It drops the least recently used entry. */
    private abstract static class Recent<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;

        Recent() {
            super(16, 0.75f, true);
        }

        abstract int most();

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most();
        }
    }

    public RecordCache() {
        this(MOST_BRIEF);
    }

    /** @param mostBrief the number of brief records to keep, 1 or more */
    RecordCache(int mostBrief) {
        this.mostBrief = mostBrief;
    }

    /**
     * Returns the brief form of the line that a cursor of this log returned last. All readers share the array, so do not change it.
     *
     * @param cursor the cursor that read the line
     */
    public byte[] brief(RecordLog log, RecordLog.Cursor cursor, byte[] line) throws IOException {
        Brief brief;
        synchronized (briefs) {
            brief = briefs.computeIfAbsent(new Line(log.file(), cursor.lineOffset(), line.length), _ -> new Brief());
        }
        return brief.of(line);
    }

    /** Returns the line with the record of a cycle; null if there is none yet. */
    public byte @Nullable [] line(RecordLog log, long cycle) throws IOException {
        return index(log).line(log, cycle);
    }

    /** How many records the log has. */
    public int size(RecordLog log) throws IOException {
        return index(log).size(log);
    }

    private RecordIndex index(RecordLog log) {
        synchronized (indexes) {
            return indexes.computeIfAbsent(new Part(log.file(), log.from()), _ -> new RecordIndex());
        }
    }
}
