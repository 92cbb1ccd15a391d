package dev.rebind.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The file offsets of the records of one log, by cycle number. It reads the file once. When a caller asks for an unknown cycle, it reads
 * only the new part. It takes 16 bytes per record. Safe for several threads.
 */
final class RecordIndex {
    private static final long NO_CYCLE = 0;

    /**
     * The cycle numbers in the order of the file. They are not sorted, because copies that run in parallel write their cycles as they end.
     */
    private long[] cycles = new long[64];

    private long[] offsets = new long[64];
    private int size;
    /** The file offset up to which the file was read; negative before the first read. */
    private long seenTo = -1;

    /** Returns the line with the record of a cycle; null if there is none yet. */
    synchronized byte @Nullable [] line(RecordLog log, long cycle) throws IOException {
        for (int i = 0; i < size; i++) {
            if (cycles[i] == cycle) {
                byte[] line = at(log, offsets[i]);
                if (line != null && isOf(cycle, line)) {
                    return line;
                }
                // Another file has replaced this one, so the index starts again.
                size = 0;
                seenTo = -1;
            }
        }
        return further(log, cycle);
    }

    /** How many records the log has. */
    synchronized int size(RecordLog log) throws IOException {
        further(log, NO_CYCLE);
        return size;
    }

    private static byte @Nullable [] at(RecordLog log, long offset) throws IOException {
        try (RecordLog.Cursor cursor = log.openAt(offset)) {
            return cursor.next();
        }
    }

    private static boolean isOf(long cycle, byte[] line) throws IOException {
        try {
            return RecordLog.cycle(line) == cycle;
        } catch (JsonProcessingException _) {
            // No line begins at this offset any more.
            return false;
        }
    }

    private byte @Nullable [] further(RecordLog log, long cycle) throws IOException {
        try (RecordLog.Cursor cursor = seenTo < 0 ? log.open() : log.openAt(seenTo)) {
            for (byte[] line = cursor.next(); line != null; line = cursor.next()) {
                long number = RecordLog.cycle(line);
                add(number, cursor.lineOffset());
                seenTo = cursor.lineOffset() + line.length + 1;
                if (number == cycle) {
                    return line;
                }
            }
            return null;
        }
    }

    private void add(long cycle, long offset) {
        if (size == cycles.length) {
            cycles = Arrays.copyOf(cycles, 2 * size);
            offsets = Arrays.copyOf(offsets, 2 * size);
        }
        cycles[size] = cycle;
        offsets[size++] = offset;
    }
}
