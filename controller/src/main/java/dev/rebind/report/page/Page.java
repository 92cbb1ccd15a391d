package dev.rebind.report.page;

import dev.rebind.report.Markup;
import dev.rebind.report.Run;
import dev.rebind.report.Summary;
import java.io.IOException;
import java.io.Writer;

/** {@code report.html}. */
public final class Page {
    private Page() {}

    public static void write(Writer out, Run run, Summary summary, Selection selection) throws IOException {
        new Markup(out)
                .leaf(
                        "title",
                        summary.verdict() + " " + run.startedAt()
                                + selection.of("").cycles().size());
    }
}
