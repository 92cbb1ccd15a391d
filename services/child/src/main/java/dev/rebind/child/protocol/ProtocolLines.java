package dev.rebind.child.protocol;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What clients and server say, in lines of UTF-8 that end with a line feed.
 *
 * <p>The generation stands in every answer of {@code echo}. {@code stream} says it once, as its first line, to a client that asks
 * for it; to every other it says what the article's server says and nothing else.
 */
public final class ProtocolLines {
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

    /** What a line of the server says. */
    public sealed interface Said {
        /** A line of {@code stream}. */
        record Stream() implements Said {}

        /** The first line of {@code stream} to a client that asked. */
        record Banner(int generation) implements Said {}

        /** An answer of {@code echo} to {@code line}. */
        record Answer(int generation, String line) implements Said {}

        /** None of Rebind's servers says this. */
        record Else(String line) implements Said {}
    }

    private static final Pattern GENERATION =
            Pattern.compile(Pattern.quote(SERVER) + " of generation (\\d{1,9})(?:: (.*))?", Pattern.DOTALL);

    /** Reads what {@link #SERVER}, {@link #banner} and {@link #answer} write. */
    public static Said read(String line) {
        if (line.equals(SERVER)) {
            return new Said.Stream();
        }
        Matcher matcher = GENERATION.matcher(line);
        if (!matcher.matches()) {
            return new Said.Else(line);
        }
        int generation = Integer.parseInt(matcher.group(1));
        return matcher.group(2) == null ? new Said.Banner(generation) : new Said.Answer(generation, matcher.group(2));
    }

    private ProtocolLines() {}
}
