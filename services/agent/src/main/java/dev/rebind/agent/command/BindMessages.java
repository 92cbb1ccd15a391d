package dev.rebind.agent.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds what a server of any language writes about a failed bind. Pure. */
public final class BindMessages {
    /** The ways in which programs name errnos: by name, by number, in the words of strerror(3), and in the words of Go, Java and Rust. */
    private static final List<Naming> ERRNOS = List.of(
            naming(
                    "EADDRINUSE",
                    "eaddrinuse|address already in use|address in use|addrinuse|errno[ =:]*98\\b|os error 98\\b"),
            naming("EACCES", "\\beacces\\b|bind[^\\n]{0,80}permission denied|errno[ =:]*13\\b|os error 13\\b"),
            naming(
                    "EADDRNOTAVAIL",
                    "eaddrnotavail|assign requested address|addrnotavailable|errno[ =:]*99\\b|os error 99\\b"));

    /** Numbers of errnos, which must not be taken for ports. */
    private static final Pattern NUMBER = pattern("(?:errno|os error|code)[ =:]*-?\\d+|\\(\\d{1,3}[:)]");

    /**
     * A port that a line clearly names: after the word "port", or after an address. Where only a name stands before the colon, the number
     * may also be a time of day or the line of a source file.
     */
    private static final Pattern PORT = pattern(
            "(?:\\bport[ =:#]{1,3}|\\d\\.\\d{1,3}:|\\d\\.\\d{1,3}['\"], |\\]:|::|\\*:|\\blocalhost:|(?:^|\\s):)(\\d{1,5})\\b(?![.:]\\d)");

    /**
     * Things in a line that are not a TCP port: an AF_UNIX socket, a file, UDP, or the other end of a connection. A path at the start of a
     * line, or a path followed by a line number, only names a source of the program itself.
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

    /** What the errno in a line is about. */
    enum About {
        /** The line names this port by its number, so a bind of this port has failed. */
        THIS_PORT,
        /** The line does not say what the errno is about. It may be this port. */
        NOT_TOLD,
        /** The line names another port, a file, UDP or a connection, so the errno is not about a bind of this port. */
        SOMETHING_ELSE
    }

    /** @param line as the program wrote it, with control characters removed so that a terminal can show it */
    record Failure(String errno, About about, String line) {}

    /** Returns the failure that one line reports. Empty for a line that names no errno, which proves nothing. */
    static Optional<Failure> failure(String line, int port) {
        return errnoOf(line).map(errno -> new Failure(errno, about(line, port), cut(line)));
    }

    /** Whether any line of a text may name an errno. This is faster than a check of each line. */
    static boolean mayName(String text) {
        return ERRNOS.stream().anyMatch(errno -> errno.pattern().matcher(text).find());
    }

    /** Returns the decisive failure of several: the last one about this port, or else the last of the others. */
    static Optional<Failure> failure(Stream<Failure> all) {
        var last = new LastFailures();
        all.forEach(last::add);
        return last.decisive();
    }

    /**
     * Returns the errno that a text names for a bind: EADDRINUSE, EACCES or EADDRNOTAVAIL. Empty for a text that names none, which proves
     * nothing.
     */
    public static Optional<String> errno(String words) {
        return words.lines()
                .filter(line -> !isOfSomethingElse(line))
                .flatMap(line -> errnoOf(line).stream())
                .findFirst();
    }

    /** Returns the line of a text that reports the failure. Adds the last line of the text where that is a different one. */
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

    /** Whether the line names something that is not a TCP port. */
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
        // The port number must stand alone and not be part of a date, in whatever form it is written.
        return Pattern.compile("(?<!\\d)(?<!\\d[-/.,])" + port + "(?!\\d)(?![-/.,:]\\d)")
                        .matcher(line)
                        .find()
                ? About.THIS_PORT
                : About.NOT_TOLD;
    }

    /** Returns the last lines that are not blank. Shortens very long lines. */
    static List<String> last(String words, int lines) {
        List<String> all = words.lines()
                .filter(line -> !line.isBlank())
                .map(BindMessages::cut)
                .toList();
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }

    /** Returns the last lines. Where the line that reports the failure is not among them, it comes first. */
    static List<String> told(String words, int lines, Optional<Failure> failure) {
        List<String> last = last(words, lines);
        if (failure.isEmpty() || last.contains(failure.get().line())) {
            return last;
        }
        var told = new ArrayList<>(last.subList(last.size() == lines ? 1 : 0, last.size()));
        told.addFirst(failure.get().line());
        return told;
    }

    /** Removes the characters that move a terminal's cursor, because the line comes from another program. */
    private static String cut(String line) {
        String plain = line.replaceAll("\\p{Cntrl}+", " ").strip();
        return plain.length() <= LONGEST_LINE ? plain : plain.substring(0, LONGEST_LINE) + "…";
    }
}
