package dev.rebind.live;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the readers of records share, so that a reader more costs little: records in their brief form, and where in their
 * file the records of cycles are. What was used longest ago is dropped first and made anew when it is asked for. Safe for
 * several threads.
 */
final class RecordCache {
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

    /** Made by the first who asks; who asks meanwhile waits for it. */
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

    /** In the order of use, the last used at the end. */
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

    RecordCache() {
        this(MOST_BRIEF);
    }

    /** @param mostBrief how many brief records are kept, 1 or more */
    RecordCache(int mostBrief) {
        this.mostBrief = mostBrief;
    }

    /**
     * The line that a cursor of this log gave last, in its brief form; made once for all who read it. Not to be changed.
     *
     * @param cursor by which the line was read
     */
    byte[] brief(RecordLog log, RecordLog.Cursor cursor, byte[] line) throws IOException {
        Brief brief;
        synchronized (briefs) {
            brief = briefs.computeIfAbsent(new Line(log.file(), cursor.lineOffset(), line.length), _ -> new Brief());
        }
        return brief.of(line);
    }

    /** The line of that cycle's record; null where there is none yet. */
    byte @Nullable [] line(RecordLog log, long cycle) throws IOException {
        RecordIndex index;
        synchronized (indexes) {
            index = indexes.computeIfAbsent(new Part(log.file(), log.from()), _ -> new RecordIndex());
        }
        return index.line(log, cycle);
    }
}
