package dev.rebind.operator.workload;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Keeps the beginning and the end of a command's output for messages. The command is the user's and may write without
 * limit, so only the length of the part between is kept. Safe for several threads.
 */
final class OutputExcerpt extends OutputStream {
    /** The number of bytes that are kept of the beginning, and also of the end. */
    static final int KEPT = 1_024;

    private final byte[] head = new byte[KEPT];
    /** A ring buffer. The next byte goes to {@code total % KEPT}. */
    private final byte[] tail = new byte[KEPT];

    private long total;

    @Override
    public synchronized void write(int one) {
        if (total < KEPT) {
            head[(int) total] = (byte) one;
        } else {
            tail[(int) (total % KEPT)] = (byte) one;
        }
        total++;
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            write(bytes[i]);
        }
    }

    /**
     * Returns the output. If it has more than twice {@link #KEPT} bytes, the number of omitted bytes stands in place of
     * the middle.
     */
    synchronized String text() {
        byte[] begin = Arrays.copyOf(head, (int) Math.min(total, KEPT));
        int behind = Math.clamp(total - KEPT, 0, KEPT);
        byte[] end = new byte[behind];
        for (int i = 0; i < behind; i++) {
            end[i] = tail[(int) ((total - behind + i) % KEPT)];
        }
        long left = total - begin.length - end.length;
        if (left == 0) {
            byte[] whole = Arrays.copyOf(begin, begin.length + end.length);
            System.arraycopy(end, 0, whole, begin.length, end.length);
            return new String(whole, StandardCharsets.UTF_8).strip();
        }
        return new String(begin, StandardCharsets.UTF_8).strip() + " … (" + left + " bytes left out) … "
                + new String(end, StandardCharsets.UTF_8).strip();
    }
}
