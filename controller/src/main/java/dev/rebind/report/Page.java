package dev.rebind.report;

import java.io.IOException;
import java.io.Writer;

/** {@code report.html}. */
final class Page {
    private Page() {}

    static void write(Writer out, Run run, Summary summary, Selection selection) throws IOException {
        new Markup(out)
                .leaf(
                        "title",
                        summary.verdict() + " " + run.startedAt()
                                + selection.of("").cycles().size());
    }
}
