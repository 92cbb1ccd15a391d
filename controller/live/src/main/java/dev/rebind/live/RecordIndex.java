package dev.rebind.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of one log are, by the numbers of their cycles. It goes through the file once: what the file has grown
 * by is gone through when a cycle is asked for that is not known yet. 16 bytes a record. Safe for several threads.
 */
final class RecordIndex {
    /** In the order of the file: copies that run side by side write their cycles as they end. */
    private long[] cycles = new long[64];

    private long[] offsets = new long[64];
    private int size;
    /** Up to where the file was gone through; negative before the first time. */
    private long seenTo = -1;

    /** The line of that cycle's record; null where there is none yet. */
    synchronized byte @Nullable [] line(RecordLog log, long cycle) throws IOException {
        for (int i = 0; i < size; i++) {
            if (cycles[i] == cycle) {
                byte[] line = at(log, offsets[i]);
                if (line != null && isOf(cycle, line)) {
                    return line;
                }
                // Somebody put another file in its place.
                size = 0;
                seenTo = -1;
            }
        }
        return further(log, cycle);
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
            // No line begins there any more.
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
