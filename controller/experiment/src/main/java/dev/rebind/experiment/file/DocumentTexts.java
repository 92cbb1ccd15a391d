package dev.rebind.experiment.file;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds the texts of a file's documents. Callers must ask for them in order, because it goes through the file only once. */
final class DocumentTexts {
    /** A marker of the begin or end of a document: it stands in the first columns of a line (YAML 1.1, section 4.3.3). */
    private static final Pattern MARKER = Pattern.compile(
            "(?<![^\\n\\r\\x{85}\\u2028\\u2029])(?:---|\\.\\.\\.)(?=[ \\t\\n\\r\\x{85}\\u2028\\u2029]|\\z)");

    /** The space after a marker. A document may begin on the line of its marker, but usually begins on the next line. */
    private static final Pattern BEHIND_MARKER = Pattern.compile("\\A[ \\t]*+\\R?+");

    private final String text;
    private final Matcher markers;
    /** Begin of the last requested document's text, after its marker. */
    private int begin;
    /** Position of the marker that ends the document. */
    private int end;
    /** How far the file has been read, in code points. */
    private int codePoints;
    /** How far the file has been read, in UTF-16 units. */
    private int units;

    DocumentTexts(String text) {
        this.text = text;
        this.markers = MARKER.matcher(text);
        this.end = nextMarker();
    }

    /**
     * Returns the text of a document without the markers around it.
     *
     * @param index number of code points before the document's first node; for an empty document, before the next marker. It must not be
     * less than in the previous call
     */
    String at(int index) {
        units = text.offsetByCodePoints(units, index - codePoints);
        codePoints = index;
        while (end < units) {
            begin = end + 3;
            end = nextMarker();
        }
        String whole = text.substring(begin, end);
        String lines = begin == 0 ? whole : BEHIND_MARKER.matcher(whole).replaceFirst("");
        return lines.lines().collect(Collectors.joining("\n")) + "\n";
    }

    private int nextMarker() {
        return markers.find() ? markers.start() : text.length();
    }
}
