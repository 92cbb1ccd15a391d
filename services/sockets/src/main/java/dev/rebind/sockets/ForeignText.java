package dev.rebind.sockets;

import java.util.regex.Pattern;

/** Text that somebody else has chosen, as the name of a process, a user, a unit or a device: in one line, and without what steers a terminal. Pure. */
public final class ForeignText {
    /** The longest name that is told whole; file systems have names of 255 bytes. */
    private static final int LONGEST_NAME = 64;

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    /** Control and format characters, separators of lines, and halves of a character. */
    private static final Pattern STEERS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

    private ForeignText() {}

    /** A name; a long one is cut. */
    public static String name(String foreign) {
        return cut(foreign, LONGEST_NAME);
    }

    /** Each character that steers a terminal becomes a question mark. */
    public static String plain(String text) {
        return STEERS.matcher(BLANKS.matcher(text).replaceAll(" "))
                .replaceAll("?")
                .strip();
    }

    /** As {@link #plain}, and no longer than so many characters. */
    public static String cut(String whole, int length) {
        String text = plain(whole);
        if (text.length() <= length) {
            return text;
        }
        int end = length - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
