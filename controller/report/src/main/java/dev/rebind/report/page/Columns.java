package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.report.Amounts;
import dev.rebind.report.Markup;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a list of cycles that have at least one value.
 *
 * @param shown these columns, in no particular order
 */
record Columns(Set<Column> shown) {
    enum Column {
        cycle("cycle"),
        restart("restart"),
        close("closed by"),
        reuse("reuse"),
        residue("left on the port"),
        outcome("outcome, cause"),
        downtime("downtime"),
        verdict("verdict");

        private final String heading;

        Column(String heading) {
            this.heading = heading;
        }

        /** The text of a cycle in this column; null where it has none. */
        @Nullable
        String text(CycleRecord cycle) {
            return switch (this) {
                case cycle -> Integer.toString(cycle.cycle());
                case restart -> cycle.restart();
                case close -> cycle.closedBy().equals("none") ? null : cycle.closedBy();
                case reuse -> cycle.reuse() == null ? null : Amounts.reuse(cycle.reuse(), " \u2192 ");
                case residue -> residue(cycle);
                case outcome -> PageWords.outcome(cycle);
                case downtime -> downtime(cycle);
                case verdict -> cycle.verdict().name();
            };
        }

        private static @Nullable String downtime(CycleRecord cycle) {
            if (cycle.downtimeMs() == null) {
                return null;
            }
            String clients = Amounts.duration(cycle.downtimeMs());
            return cycle.refusedForLonger().isEmpty()
                    ? clients
                    : clients + ", " + Amounts.duration(cycle.refusedForLonger().getAsDouble())
                            + " for new connections";
        }

        private static @Nullable String residue(CycleRecord cycle) {
            if (cycle.residue() == null) {
                return cycle.unreadable() == null ? null : "unreadable";
            }
            return cycle.residue().isEmpty() ? "nothing" : Amounts.counts(cycle.residue());
        }
    }

    Columns {
        shown = Set.copyOf(shown);
    }

    static Columns of(List<CycleRecord> cycles) {
        Set<Column> shown = EnumSet.noneOf(Column.class);
        for (CycleRecord cycle : cycles) {
            for (Column column : Column.values()) {
                if (!shown.contains(column) && column.text(cycle) != null) {
                    shown.add(column);
                }
            }
        }
        return new Columns(shown);
    }

    boolean has(Column column) {
        return shown.contains(column);
    }

    /** CSS classes of the list. They tell the style sheet which columns are left out. */
    String style() {
        var style = new StringBuilder("list");
        for (Column column : Column.values()) {
            if (!has(column)) {
                style.append(" no-").append(column.name().toLowerCase(Locale.ROOT));
            }
        }
        return style.toString();
    }

    void head(Markup html) throws IOException {
        html.start("div", "class", "row head", "aria-hidden", "true");
        for (Column column : Column.values()) {
            if (has(column)) {
                html.leaf("span", column.heading, "class", "c-" + column.name());
            }
        }
        html.end("div").line();
    }
}
