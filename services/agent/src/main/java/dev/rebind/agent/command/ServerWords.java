package dev.rebind.agent.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a server of any language says of a bind that failed. Pure. */
public final class ServerWords {
    /**
     * How programs name errnos: by name, by number after the word errno, in the words of strerror(3), and in those of Go, Java
     * and Rust.
     */
    private static final Pattern IN_USE = Pattern.compile(
            "eaddrinuse|address already in use|address in use|addrinuse|errno[ =:]*98\\b|os error 98\\b");

    private static final Pattern DENIED =
            Pattern.compile("\\beacces\\b|bind[^\\n]{0,80}permission denied|errno[ =:]*13\\b|os error 13\\b");

    /**
     * A port that a line names for sure: by the word, or behind an address. A time of day and the line of a source file look alike
     * where nothing stands before the colon but a name.
     */
    private static final Pattern PORT = Pattern.compile(
            "(?:\\bport[ =:#]{1,3}|\\d\\.\\d{1,3}:|\\]:|::|\\*:|\\blocalhost:|(?:^|\\s):)(\\d{1,5})\\b(?![.:]\\d)");

    private static final int LONGEST_LINE = 300;

    private ServerWords() {}

    /** The errno that a text names: EADDRINUSE or EACCES. Empty for a text that names none, which proves nothing. */
    public static Optional<String> errno(String words) {
        String said = words.toLowerCase(Locale.ROOT);
        if (IN_USE.matcher(said).find()) {
            return Optional.of("EADDRINUSE");
        }
        return DENIED.matcher(said).find() ? Optional.of("EACCES") : Optional.empty();
    }

    /** The errno that a text names for a bind of this port. Empty where all ports that it names an errno for are others. */
    public static Optional<String> errno(String words, int port) {
        return named(words, port).flatMap(ServerWords::errno);
    }

    /** The line that names an errno for a bind of this port. */
    public static Optional<String> line(String words, int port) {
        return named(words, port).map(ServerWords::cut);
    }

    /** Whether a text says of this very port that its bind has failed. */
    static boolean names(String words, int port) {
        return failures(words).anyMatch(line -> names(port, line));
    }

    /** A line without a port is of this one, unless another line has a port: several lines may tell one failure. */
    private static Optional<String> named(String words, int port) {
        Optional<String> own = failures(words).filter(line -> names(port, line)).findFirst();
        return own.isPresent()
                        || failures(words)
                                .anyMatch(line -> PORT.matcher(line.toLowerCase(Locale.ROOT))
                                        .find())
                ? own
                : failures(words).findFirst();
    }

    private static Stream<String> failures(String words) {
        return words.lines().filter(line -> errno(line).isPresent());
    }

    /** In whichever form: the number stands by itself. */
    private static boolean names(int port, String line) {
        return Pattern.compile("(?<!\\d)" + port + "(?!\\d)").matcher(line).find();
    }

    /** The last lines that are not blank, each shortened where it is very long. */
    static List<String> last(String words, int lines) {
        List<String> all = words.lines()
                .filter(line -> !line.isBlank())
                .map(ServerWords::cut)
                .toList();
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }

    /** The last lines, and before them the one that names an errno for this port, where it is none of them. */
    static List<String> told(String words, int lines, int port) {
        List<String> last = last(words, lines);
        Optional<String> named = line(words, port);
        if (named.isEmpty() || last.contains(named.get())) {
            return last;
        }
        var told = new ArrayList<>(last.subList(Math.min(1, last.size()), last.size()));
        told.addFirst(named.get());
        return told;
    }

    /** Of a line of anybody's: without the characters that move a terminal. */
    private static String cut(String line) {
        String plain = line.replaceAll("\\p{Cntrl}+", " ").strip();
        return plain.length() <= LONGEST_LINE ? plain : plain.substring(0, LONGEST_LINE) + "…";
    }
}
