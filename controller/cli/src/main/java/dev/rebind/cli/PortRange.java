package dev.rebind.cli;

import dev.rebind.child.PortText;

/**
 * One port or a range of ports.
 *
 * @param first 1 to 65535
 * @param last {@code first} to 65535
 */
record PortRange(int first, int last) {
    boolean has(int port) {
        return first <= port && port <= last;
    }

    /** The range in words, for use in a sentence. */
    String words() {
        return first == last ? "port " + first : "ports " + first + "-" + last;
    }

    /**
     * Parses {@code 8080} or {@code 8000-8010}.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    static PortRange parse(String text) {
        String[] ends = text.split("-", 2);
        int first = port(ends[0], text);
        int last = ends.length == 1 ? first : port(ends[1], text);
        if (last < first) {
            throw new IllegalArgumentException(
                    "the range " + text + " ends before it begins; write " + last + "-" + first);
        }
        return new PortRange(first, last);
    }

    private static int port(String digits, String text) {
        if (!digits.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a port, such as 8080, nor a range of ports, such as 8000-8010");
        }
        return PortText.parse(digits);
    }
}
