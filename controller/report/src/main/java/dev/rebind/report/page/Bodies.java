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
 * The hidden details of the cycles, compressed. A browser would need a minute to build all of them as elements for a few thousand cycles.
 * The page's script unpacks a pack when a cycle in it is opened. Details of cycles are alike, so they compress well together.
 */
final class Bodies {
    /** Stands between two bodies. It is in no body, because {@link Markup} replaces control characters. */
    private static final char SEPARATOR = '\u001E';
    /** Characters in a pack; few enough that a browser unpacks it within a frame or two. */
    private static final int PACK_CHARS = 1 << 18;

    private final List<String> packs = new ArrayList<>();
    private final StringBuilder pack = new StringBuilder();
    private int inPack;

    /**
     * Adds the details of a cycle.
     *
     * @return where the script finds them: the number of the pack and the place in it, both from 0
     */
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

    /** Writes all packs as data that the browser does not run. */
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
