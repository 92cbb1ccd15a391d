package dev.rebind.report.page;

import dev.rebind.report.Markup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * What is behind the lines of the cycles, packed: a browser that had all of it as elements would need a minute for a few thousand
 * cycles. The script of the page unpacks the pack of a cycle when it is opened. Bodies are alike, so a pack of many is small.
 */
final class Bodies {
    /** Between two bodies; {@link Markup} lets no control character through, so none is in one. */
    private static final char SEPARATOR = '\u001E';
    /** Little enough to unpack within a frame or two. */
    private static final int PACK_CHARS = 1 << 18;

    private final List<String> packs = new ArrayList<>();
    private final StringBuilder pack = new StringBuilder();
    private int inPack;

    /** @return where the script finds it: number of the pack and place in it, both from 0 */
    String add(String body) throws IOException {
        if (inPack > 0) {
            pack.append(SEPARATOR);
        }
        pack.append(body);
        String place = packs.size() + "." + inPack++;
        if (pack.length() >= PACK_CHARS) {
            close();
        }
        return place;
    }

    private void close() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(pack.toString().getBytes(StandardCharsets.UTF_8));
        }
        packs.add(Base64.getEncoder().encodeToString(bytes.toByteArray()));
        pack.setLength(0);
        inPack = 0;
    }

    /** Writes all packs, as data that no browser runs. */
    void write(Markup html) throws IOException {
        if (inPack > 0) {
            close();
        }
        for (String text : packs) {
            html.start("script", "type", "application/gzip", "class", "pack")
                    .trusted(text)
                    .end()
                    .line();
        }
    }
}
