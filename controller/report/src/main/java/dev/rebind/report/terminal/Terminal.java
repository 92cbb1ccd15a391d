package dev.rebind.report.terminal;

import dev.rebind.diagnosis.text.table.Sheet;
import dev.rebind.diagnosis.text.table.Wrap;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Where text for people goes, and what may be written there.
 *
 * @param live a terminal whose line can be written over
 * @param columns 40 to 200
 * @param bounded whether somebody has said how wide a line may be: a terminal, or the variable COLUMNS
 * @param colour whether escape sequences for colour are wanted
 * @param unicode whether more than ASCII arrives
 */
public record Terminal(PrintStream out, boolean live, int columns, boolean bounded, boolean colour, boolean unicode) {
    /** Carriage return, then erase to the end of the line (ECMA-48, section 8.3.41). */
    public static final String OVER = "\r\u001B[K";

    private static final int NARROWEST = 40;
    /** Where a terminal does not tell its width. */
    private static final int USUAL = 80;

    private static final int WIDEST = 200;
    /** For a file or a pipe, which have no width: wide enough for one line a row. */
    private static final int OF_A_FILE = 132;

    /** Whether standard output is a terminal, whatever may be written there. */
    public static boolean isStandardOutput() {
        return Tty.isTerminal();
    }

    /** Standard output, as this process has it. */
    public static Terminal detect() {
        return of(System.out, System.getenv(), Tty.isTerminal(), Tty.columns(), System.out.charset());
    }

    static Terminal of(
            PrintStream out, Map<String, String> environment, boolean terminal, OptionalInt columns, Charset charset) {
        boolean dumb = "dumb".equals(environment.get("TERM"));
        // https://no-color.org: present and not empty, whatever its value.
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

    /** How long a line of a list may be: what is read line by line from a file or a pipe is not wrapped. */
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

    /** Text that came from outside, without what a terminal would take for orders. */
    public static String printable(String text) {
        var printable = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }
}
