package dev.rebind.report;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Writes HTML, SVG and XML. Only this class escapes text and attribute values, so no text from outside can be read as markup. Characters
 * that neither HTML nor XML allows (control characters, lone surrogates) become U+FFFD.
 */
public final class Markup {
    /** Elements of HTML that have no end tag. */
    private static final Set<String> VOID = Set.of("meta", "input", "br", "link", "col");

    private final Writer out;
    private final Deque<String> open = new ArrayDeque<>();

    public Markup(Writer out) {
        this.out = out;
    }

    /**
     * Starts an element.
     *
     * @param attributes names and values in turn
     */
    public Markup start(String element, String... attributes) throws IOException {
        if (attributes.length % 2 != 0) {
            throw new IllegalArgumentException("the attribute " + attributes[attributes.length - 1] + " has no value");
        }
        out.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"");
            out.append(escaped(attributes[i + 1])).append('"');
        }
        out.append('>');
        if (!VOID.contains(element)) {
            open.push(element);
        }
        return this;
    }

    /**
     * Starts a scrollable {@code div} for content that may be wider than the screen. The keyboard can reach it, and screen readers read its
     * name.
     */
    public Markup scrolling(String name) throws IOException {
        return start("div", "class", "scroll", "tabindex", "0", "role", "group", "aria-label", name);
    }

    public Markup text(String text) throws IOException {
        out.append(escaped(text));
        return this;
    }

    /** Ends the element that was started last. */
    public Markup end() throws IOException {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    /** Ends all open elements up to the innermost one with this name, and that one too. */
    public Markup end(String element) throws IOException {
        if (!open.contains(element)) {
            throw new IllegalStateException("no " + element + " is open");
        }
        while (!element.equals(open.peek())) {
            end();
        }
        return end();
    }

    /** Writes an element that contains only text. */
    public Markup leaf(String element, String text, String... attributes) throws IOException {
        return start(element, attributes).text(text).end();
    }

    public Markup line() throws IOException {
        out.append('\n');
        return this;
    }

    /** Writes markup or code without escaping it. Use it only for text that is part of the program, never for text from outside. */
    public Markup trusted(String markup) throws IOException {
        out.append(markup);
        return this;
    }

    static String escaped(String text) {
        int plain = 0;
        while (plain < text.length() && isPlain(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        var escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                // Line feeds, tabs and carriage returns are written as references, because a parser turns them into
                // spaces in attributes.
                case '\n' -> escaped.append("&#10;");
                case '\t' -> escaped.append("&#9;");
                case '\r' -> escaped.append("&#13;");
                default -> escaped.appendCodePoint(allowed(c) ? c : 0xFFFD);
            }
        });
        return escaped.toString();
    }

    /** Whether a character can be written as it is. Most text consists of such characters and needs no escaping. */
    private static boolean isPlain(char c) {
        return c >= 0x20 && c < 0x7F && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
    }

    /** Whether XML 1.0 allows the character ({@code Char}, section 2.2), without the C1 controls, which HTML does not allow. */
    private static boolean allowed(int c) {
        return (c >= 0x20 && c < 0x7F)
                || (c >= 0xA0 && c < 0xD800)
                || (c >= 0xE000 && c < 0xFFFE)
                || (c >= 0x10000 && (c & 0xFFFE) != 0xFFFE);
    }
}
