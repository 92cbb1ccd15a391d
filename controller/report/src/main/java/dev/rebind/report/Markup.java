package dev.rebind.report;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Writes HTML, SVG and XML. Text and attribute values are escaped here and nowhere else, so that nothing that came from
 * outside can be taken for markup; what neither form allows at all (control characters, lone surrogates) becomes U+FFFD.
 */
public final class Markup {
    /** Elements of HTML that have no end tag. */
    private static final Set<String> VOID = Set.of("meta", "input", "br", "link", "col");

    private final Writer out;
    private final Deque<String> open = new ArrayDeque<>();

    public Markup(Writer out) {
        this.out = out;
    }

    /** @param attributes names and values in turn */
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

    /** Starts a {@code div} for what may be wider than the screen: the keyboard reaches it, and its name is read out. */
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

    /** Ends elements up to and with the innermost one of this name. */
    public Markup end(String element) throws IOException {
        if (!open.contains(element)) {
            throw new IllegalStateException("no " + element + " is open");
        }
        while (!element.equals(open.peek())) {
            end();
        }
        return end();
    }

    /** An element that holds nothing but text. */
    public Markup leaf(String element, String text, String... attributes) throws IOException {
        return start(element, attributes).text(text).end();
    }

    public Markup line() throws IOException {
        out.append('\n');
        return this;
    }

    /** Text that is markup or code already; for what comes with the program, never for what came from outside. */
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
                // Kept in attributes too, where a parser would turn them into spaces.
                case '\n' -> escaped.append("&#10;");
                case '\t' -> escaped.append("&#9;");
                case '\r' -> escaped.append("&#13;");
                default -> escaped.appendCodePoint(allowed(c) ? c : 0xFFFD);
            }
        });
        return escaped.toString();
    }

    /** What most text is made of; it needs no look at each character of it. */
    private static boolean isPlain(char c) {
        return c >= 0x20 && c < 0x7F && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
    }

    /** {@code Char} of XML 1.0, section 2.2, without the C1 controls, which HTML does not allow either. */
    private static boolean allowed(int c) {
        return (c >= 0x20 && c < 0x7F)
                || (c >= 0xA0 && c < 0xD800)
                || (c >= 0xE000 && c < 0xFFFE)
                || (c >= 0x10000 && (c & 0xFFFE) != 0xFFFE);
    }
}
