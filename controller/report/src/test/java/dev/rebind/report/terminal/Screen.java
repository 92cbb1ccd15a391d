package dev.rebind.report.terminal;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A terminal whose text can be looked at. */
final class Screen {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Charset charset;
    final Terminal terminal;

    private Screen(boolean live, int columns, boolean colour, Charset charset) {
        this.charset = charset;
        terminal = new Terminal(
                new PrintStream(bytes, true, charset),
                live,
                columns,
                true,
                colour,
                charset.equals(StandardCharsets.UTF_8));
    }

    static Screen plain(int columns) {
        return new Screen(false, columns, false, StandardCharsets.UTF_8);
    }

    static Screen ascii(int columns) {
        return new Screen(false, columns, false, StandardCharsets.US_ASCII);
    }

    static Screen live(int columns) {
        return new Screen(true, columns, true, StandardCharsets.UTF_8);
    }

    String text() {
        return bytes.toString(charset);
    }

    List<String> lines() {
        return text().lines().toList();
    }
}
