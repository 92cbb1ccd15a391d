package dev.rebind.experiment;

/** Shortens values that somebody else wrote, for use in messages. Such a value may be as long as a file. */
public final class Excerpt {
    /** Most UTF-16 units of a value that a message repeats. */
    public static final int MOST = 200;

    private Excerpt() {}

    /** Returns a short value as it is; of a long one, its first {@value #MOST} characters and its length. */
    public static String of(String value) {
        return of(value, MOST);
    }

    /** Like {@link #of(String)}, with another limit. */
    public static String of(String value, int most) {
        if (value.length() <= most) {
            return value;
        }
        int end = Character.isHighSurrogate(value.charAt(most - 1)) ? most - 1 : most;
        return value.substring(0, end) + "… (" + value.length() + " characters)";
    }
}
