package dev.rebind.experiment.file;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The texts of a file's documents, asked for in their order: the file is gone through once. */
final class DocumentTexts {
    /** Of a document's begin or end: alone in the first columns of a line, by YAML 1.1, section 4.3.3; lines end as there. */
    private static final Pattern MARKER = Pattern.compile(
            "(?<![^\\n\\r\\x{85}\\u2028\\u2029])(?:---|\\.\\.\\.)(?=[ \\t\\n\\r\\x{85}\\u2028\\u2029]|\\z)");

    /** A document may begin on the line of its marker; mostly it begins on the next one. */
    private static final Pattern BEHIND_MARKER = Pattern.compile("\\A[ \\t]*+\\R?+");

    private final String text;
    private final Matcher markers;
    /** Where the text of the document begins that was asked for last, behind its marker. */
    private int begin;
    /** Where its end marker stands. */
    private int end;
    /** How far the file was gone through, in code points. */
    private int codePoints;
    /** The same in UTF-16 units. */
    private int units;

    DocumentTexts(String text) {
        this.text = text;
        this.markers = MARKER.matcher(text);
        this.end = nextMarker();
    }

    /**
     * The text of a document, without the markers around it.
     *
     * @param index code points before its first node, or, of an empty one, before the marker that follows; not less than
     *     in the call before
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
