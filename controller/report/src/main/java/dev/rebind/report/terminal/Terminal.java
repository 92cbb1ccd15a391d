package dev.rebind.report.terminal;

import dev.rebind.diagnosis.text.table.Sheet;
import dev.rebind.diagnosis.text.table.Wrap;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The destination of text for people, and what may be written to it.
 *
 * @param live whether it is a terminal whose line can be overwritten
 * @param columns width in characters, 40 to 200
 * @param bounded whether the width is given, by the terminal or by the variable COLUMNS
 * @param colour whether escape sequences for colour may be written
 * @param unicode whether characters outside ASCII can be written
 */
public record Terminal(PrintStream out, boolean live, int columns, boolean bounded, boolean colour, boolean unicode) {
    /** Moves to the start of the line and erases it: carriage return, then erase in line (ECMA-48, section 8.3.41). */
    public static final String OVER = "\r\u001B[K";

    private static final int NARROWEST = 40;
    /** Width of a terminal that does not tell its width. */
    private static final int USUAL = 80;

    private static final int WIDEST = 200;
    /** Width for a file or a pipe, which have none. It is enough for one line a row. */
    private static final int OF_A_FILE = 132;

    /** Whether standard output is a terminal, even one that allows no escape sequences. */
    public static boolean isStandardOutput() {
        return Tty.isTerminal();
    }

    /** Examines the standard output of this process. */
    public static Terminal detect() {
        return of(System.out, System.getenv(), Tty.isTerminal(), Tty.columns(), System.out.charset());
    }

    static Terminal of(
            PrintStream out, Map<String, String> environment, boolean terminal, OptionalInt columns, Charset charset) {
        boolean dumb = "dumb".equals(environment.get("TERM"));
        // https://no-color.org: the variable turns colour off if it is set and not empty, whatever its value.
        boolean colour =
                terminal && !dumb && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(
                out,
                terminal && !dumb,
                Math.clamp(columns.orElseGet(() -> ofVariable(environment, terminal)), NARROWEST, WIDEST),
                terminal || isColumns(environment.getOrDefault("COLUMNS", "")),
                colour,
                charset.canEncode() && charset.newEncoder().canEncode('\u2192'));
    }

    private static int ofVariable(Map<String, String> environment, boolean terminal) {
        String columns = environment.getOrDefault("COLUMNS", "");
        return isColumns(columns) ? Integer.parseInt(columns) : terminal ? USUAL : OF_A_FILE;
    }

    private static boolean isColumns(String text) {
        return text.matches("[1-9][0-9]{0,3}");
    }

    /** Longest line of a list. In a file or a pipe, lines are not wrapped, because programs read them line by line. */
    public int lineWidth() {
        return bounded ? columns : Sheet.ENDLESS;
    }

    /** Prints a text of any length, wrapped at words. */
    void wrapped(String text, int indent, Style style) {
        for (String line : Wrap.lines(text, columns - indent)) {
            out.println(" ".repeat(indent) + style.on(line, this));
        }
    }

    String arrow() {
        return unicode ? "\u2192" : "->";
    }

    String times() {
        return unicode ? "\u00D7" : "x";
    }

    String nothing() {
        return unicode ? "\u2013" : "-";
    }

    String rule() {
        return unicode ? "\u2500" : "-";
    }

    String dot() {
        return unicode ? "\u00B7" : ".";
    }

    String ellipsis() {
        return unicode ? "\u2026" : "...";
    }

    /** Replaces control and format characters in text from outside, so that a terminal cannot take them for commands. */
    public static String printable(String text) {
        var printable = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }
}
