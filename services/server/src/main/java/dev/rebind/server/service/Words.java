package dev.rebind.server.service;

/**
 * What clients and server say, in lines of UTF-8 that end with a line feed.
 *
 * <p>The generation stands in every answer of {@code echo}. {@code stream} says it once, as its first line, to a client that asks
 * for it; to every other it says what the article's server says and nothing else.
 */
public final class Words {
    /** What a client says. */
    public static final String CLIENT = "I am client";

    /** What {@code stream} says without end. */
    public static final String SERVER = "I am server";

    /** Behind {@link #CLIENT}: asks {@code stream} for its generation. */
    public static final String WHICH = ", which generation";

    /** The first line of {@code stream} to a client that asked. */
    public static String banner(int generation) {
        return SERVER + " of generation " + generation;
    }

    /** The answer of {@code echo}: the generation, and the client's line after ": ". */
    public static String answer(int generation, String line) {
        return banner(generation) + ": " + line;
    }

    /** Longest line that is taken, in bytes: who sends more without a line feed is no client of this server. */
    public static final int LONGEST_LINE = 65_536;

    private Words() {}
}
