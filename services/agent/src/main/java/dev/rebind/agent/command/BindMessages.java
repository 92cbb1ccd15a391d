package dev.rebind.agent.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a server of any language says of a bind that failed. Pure. */
public final class BindMessages {
    /** How programs name errnos: by name, by number, in the words of strerror(3), and in those of Go, Java and Rust. */
    private static final List<Naming> ERRNOS = List.of(
            naming(
                    "EADDRINUSE",
                    "eaddrinuse|address already in use|address in use|addrinuse|errno[ =:]*98\\b|os error 98\\b"),
            naming("EACCES", "\\beacces\\b|bind[^\\n]{0,80}permission denied|errno[ =:]*13\\b|os error 13\\b"),
            naming(
                    "EADDRNOTAVAIL",
                    "eaddrnotavail|assign requested address|addrnotavailable|errno[ =:]*99\\b|os error 99\\b"));

    /** Numbers of errnos, which are no ports. */
    private static final Pattern NUMBER = pattern("(?:errno|os error|code)[ =:]*-?\\d+|\\(\\d{1,3}[:)]");

    /**
     * A port that a line names for sure: by the word, or behind an address. A time of day and the line of a source file look alike
     * where nothing stands before the colon but a name.
     */
    private static final Pattern PORT = pattern(
            "(?:\\bport[ =:#]{1,3}|\\d\\.\\d{1,3}:|\\d\\.\\d{1,3}['\"], |\\]:|::|\\*:|\\blocalhost:|(?:^|\\s):)(\\d{1,5})\\b(?![.:]\\d)");

    /**
     * What a line names that is no port of TCP: a socket of AF_UNIX, a file, UDP, or the other end of a connection. A path at the
     * begin of a line, and one with a number of a line behind it, is of the program itself.
     */
    private static final Pattern ELSE = pattern("\\bunix\\b|\\baf_unix\\b|\\.sock\\b|/\\S+\\.socket\\b|\\bfile:"
            + "|(?:bind|bind\\(\\)|listen|open|mkdir|unlink|to|on|for|socket|address|in use|denied)[ :,(='\"]{1,4}\\.{0,2}/(?!/)\\S"
            + "|['\"]\\.{0,2}/(?!/)|denied: ['\"](?![\\d:\\[*])"
            + "|\\bdatagram\\b|\\bquic\\b|\\b(?:dial|connect)\\b");

    private static final Pattern UDP = pattern("\\budp[46]?\\b");
    private static final Pattern TCP = pattern("\\btcp[46]?\\b");

    private static final int LONGEST_LINE = 300;

    private BindMessages() {}

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }

    private record Naming(String errno, Pattern pattern) {}

    private static Naming naming(String errno, String regex) {
        return new Naming(errno, pattern(regex));
    }

    /** What a line names an errno for. */
    enum About {
        /** This port, by its number: a bind of it has failed. */
        THIS_PORT,
        /** It names nothing. Whether it is of this port, its words do not tell. */
        NOT_TOLD,
        /** Another port, a file, UDP or a connection: it is no bind of this port. */
        SOMETHING_ELSE
    }

    /** @param line as the program wrote it, fit for a terminal */
    record Failure(String errno, About about, String line) {}

    /** What one line says of a failure. Empty for one that names no errno, which proves nothing. */
    static Optional<Failure> failure(String line, int port) {
        return errnoOf(line).map(errno -> new Failure(errno, about(line, port), cut(line)));
    }

    /** Whether any of a text's lines may name an errno; quicker than to ask for each. */
    static boolean mayName(String text) {
        return ERRNOS.stream().anyMatch(errno -> errno.pattern().matcher(text).find());
    }

    /** What a text says of a failure: of several lines the last one, of this port where one is. */
    static Optional<Failure> failure(Stream<Failure> all) {
        var last = new LastFailures();
        all.forEach(last::add);
        return last.decisive();
    }

    /**
     * The errno that a text names for a bind: EADDRINUSE, EACCES or EADDRNOTAVAIL. Empty for a text that names none, which proves
     * nothing.
     */
    public static Optional<String> errno(String words) {
        return words.lines()
                .filter(line -> !isOfSomethingElse(line))
                .flatMap(line -> errnoOf(line).stream())
                .findFirst();
    }

    /** The line of a text that tells of the failure, and its very last line where that is another one. */
    public static Optional<String> line(String words, int port) {
        return failure(failures(words, port)).map(failure -> {
            List<String> last = last(words, 1);
            return last.contains(failure.line()) ? failure.line() : failure.line() + " / " + last.getFirst();
        });
    }

    static Stream<Failure> failures(String words, int port) {
        return words.lines().flatMap(line -> failure(line, port).stream());
    }

    private static Optional<String> errnoOf(String line) {
        return ERRNOS.stream()
                .filter(errno -> errno.pattern().matcher(line).find())
                .map(Naming::errno)
                .findFirst();
    }

    private static About about(String line, int port) {
        return isOfSomethingElse(line)
                ? About.SOMETHING_ELSE
                : aboutPort(NUMBER.matcher(line).replaceAll(" "), port);
    }

    /** Whether it names what is no port of TCP. */
    private static boolean isOfSomethingElse(String line) {
        boolean datagrams = UDP.matcher(line).find() && !TCP.matcher(line).find();
        return datagrams || ELSE.matcher(line).find();
    }

    private static About aboutPort(String line, int port) {
        Matcher ports = PORT.matcher(line);
        boolean another = false;
        while (ports.find()) {
            if (Integer.parseInt(ports.group(1)) == port) {
                return About.THIS_PORT;
            }
            another = true;
        }
        if (another) {
            return About.SOMETHING_ELSE;
        }
        // In whichever form: the number stands by itself, and is no part of a date.
        return Pattern.compile("(?<!\\d)(?<!\\d[-/.,])" + port + "(?!\\d)(?![-/.,:]\\d)")
                        .matcher(line)
                        .find()
                ? About.THIS_PORT
                : About.NOT_TOLD;
    }

    /** The last lines that are not blank, each shortened where it is very long. */
    static List<String> last(String words, int lines) {
        List<String> all = words.lines()
                .filter(line -> !line.isBlank())
                .map(BindMessages::cut)
                .toList();
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }

    /** The last lines, and before them the one that tells of the failure, where it is none of them. */
    static List<String> told(String words, int lines, Optional<Failure> failure) {
        List<String> last = last(words, lines);
        if (failure.isEmpty() || last.contains(failure.get().line())) {
            return last;
        }
        var told = new ArrayList<>(last.subList(last.size() == lines ? 1 : 0, last.size()));
        told.addFirst(failure.get().line());
        return told;
    }

    /** Of a line of anybody's: without the characters that move a terminal. */
    private static String cut(String line) {
        String plain = line.replaceAll("\\p{Cntrl}+", " ").strip();
        return plain.length() <= LONGEST_LINE ? plain : plain.substring(0, LONGEST_LINE) + "…";
    }
}
