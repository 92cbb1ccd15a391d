package dev.rebind.live;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shared data of all readers of records, so that one more reader costs little: brief records, and the file offsets of
 * cycles. The least recently used entries are dropped first and made again on request. Safe for several threads.
 */
public final class RecordCache {
    /** A brief record has about 1 KiB. */
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

    /** The first caller makes it; the others wait for it. */
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

    /** In the order of use, the most recent at the end. */
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

    /** @param mostBrief number of brief records to keep, 1 or more */
    RecordCache(int mostBrief) {
        this.mostBrief = mostBrief;
    }

    /**
     * The brief form of the line that a cursor of this log returned last; made once for all readers. Do not change it.
     *
     * @param cursor that read the line
     */
    public byte[] brief(RecordLog log, RecordLog.Cursor cursor, byte[] line) throws IOException {
        Brief brief;
        synchronized (briefs) {
            brief = briefs.computeIfAbsent(new Line(log.file(), cursor.lineOffset(), line.length), _ -> new Brief());
        }
        return brief.of(line);
    }

    /** The line of that cycle's record; null if there is none yet. */
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
