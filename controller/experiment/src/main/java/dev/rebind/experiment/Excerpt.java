package dev.rebind.experiment;

/** The beginning of a value that somebody else wrote, for messages: a value may be as long as a file. */
public final class Excerpt {
    /** UTF-16 units of a value that a message repeats at most. */
    public static final int MOST = 200;

    private Excerpt() {}

    /** The value itself where it is short; otherwise its first {@value #MOST} characters and how many it has. */
    public static String of(String value) {
        return of(value, MOST);
    }

    /** As {@link #of(String)}, with another limit. */
    public static String of(String value, int most) {
        if (value.length() <= most) {
            return value;
        }
        int end = Character.isHighSurrogate(value.charAt(most - 1)) ? most - 1 : most;
        return value.substring(0, end) + "… (" + value.length() + " characters)";
    }
}
