package dev.rebind.experiment.file;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;

/** Finds out whether a line is not valid YAML because its indentation is wrong. */
final class Indentation {
    /** A line with a field. Before the field, it may begin one or more entries of a list. */
    private static final Pattern FIELD = Pattern.compile("( *(?:- +)*)([A-Za-z_][A-Za-z0-9_./-]*):(?: +(.*))?");

    private static final Pattern ENTRY = Pattern.compile("( *)-(?: .*)?");
    /** Most characters of a line that are matched, because the matcher needs stack for each "- ". The rest of a longer value is cut off. */
    private static final int LONGEST = 1_000;

    /** A word without a colon, possibly followed by a value. */
    private static final Pattern NO_COLON = Pattern.compile("( *)[A-Za-z]\\w*(?: +[^ :]+)?");

    /** The field of a line. Its value may be empty. */
    private record Field(int line, int indentation, String value) {}

    private Indentation() {}

    /** @param mark the place where the text stops being valid YAML */
    static Optional<String> wrong(List<String> lines, Mark mark) {
        int number = mark.getLine();
        if (number >= lines.size()) {
            return Optional.empty();
        }
        String line = lines.get(number);
        Field here = field(lines, number);
        if (here == null || mark.getColumn() > line.indexOf(':')) {
            return Optional.empty();
        }
        Matcher entry = ENTRY.matcher(line);
        if (entry.matches()) {
            return besideEntry(lines, number, entry.group(1).length());
        }
        return noColon(lines, number, here).or(() -> besideFields(lines, here));
    }

    private static Optional<String> noColon(List<String> lines, int number, Field here) {
        Matcher above =
                NO_COLON.matcher(number == 0 ? "" : lines.get(number - 1).stripTrailing());
        return above.matches() && above.group(1).length() == here.indentation
                ? Optional.of("expected a colon and a space after a field's name, found none in line " + number)
                : Optional.empty();
    }

    private static Optional<String> besideEntry(List<String> lines, int number, int found) {
        for (int above = number - 1; above >= 0; above--) {
            Matcher entry = ENTRY.matcher(lines.get(above));
            if (entry.matches()) {
                int expected = entry.group(1).length();
                return expected == found ? Optional.empty() : Optional.of(said(spaces(expected, above), found));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> besideFields(List<String> lines, Field here) {
        // Search upwards for the fields of the maps that this line may belong to. The last one found is the outermost.
        Field inner = null;
        Field outer = null;
        for (int above = here.line - 1;
                above >= 0 && (outer == null || outer.indentation > here.indentation);
                above--) {
            if (lines.get(above).startsWith("---")) {
                break;
            }
            Field field = field(lines, above);
            if (field != null && (outer == null || field.indentation < outer.indentation)) {
                inner = outer;
                outer = field;
            }
        }
        if (outer == null || outer.indentation == here.indentation) {
            return Optional.empty();
        }
        if (inner == null && outer.indentation < here.indentation && mayHoldMore(outer.value)) {
            return Optional.empty();
        }
        String expected = spaces(outer.indentation, outer.line)
                + (inner == null ? "" : " or " + inner.indentation + " (line " + (inner.line + 1) + ")");
        return Optional.of(said(expected, here.indentation));
    }

    private static String spaces(int count, int line) {
        return count + (count == 1 ? " space" : " spaces") + " (line " + (line + 1) + ")";
    }

    private static String said(String expected, int found) {
        return "the indentation is wrong here: expected " + expected + ", found " + found;
    }

    /** Whether the next lines may be indented more than the field: its map begins there, or its value in braces or quotes goes on. */
    private static boolean mayHoldMore(String value) {
        return value.isEmpty() || "{[\"'&!#|>".indexOf(value.charAt(0)) >= 0;
    }

    private static @Nullable Field field(List<String> lines, int number) {
        String line = lines.get(number);
        Matcher matcher = FIELD.matcher(
                line.substring(0, Math.min(line.length(), LONGEST)).stripTrailing());
        return matcher.matches()
                ? new Field(number, matcher.group(1).length(), matcher.group(3) == null ? "" : matcher.group(3))
                : null;
    }
}
