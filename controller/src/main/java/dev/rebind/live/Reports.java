package dev.rebind.live;

import dev.rebind.live.Experiments.One;
import dev.rebind.record.RecordingException;
import dev.rebind.report.Run;
import dev.rebind.report.Summarizer;
import dev.rebind.report.page.Page;
import dev.rebind.report.page.Selection;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Optional;

/** Reports of one experiment from its records, as the folder of a run has them for all of its experiments. */
final class Reports {
    private Reports() {}

    /** {@code report.html}; empty while there is no record. */
    static Optional<String> page(One one) throws RecordingException {
        Run run = one.run();
        var summarizer = new Summarizer();
        var selection = new Selection();
        boolean[] any = {false};
        one.records().forEach(record -> {
            any[0] = true;
            summarizer.add(record);
            selection.add(record);
        });
        if (!any[0]) {
            return Optional.empty();
        }
        var out = new StringWriter();
        try {
            Page.write(out, run, summarizer.summarize(run, Optional.empty()), selection);
        } catch (IOException e) {
            throw new IllegalStateException("a string takes everything", e);
        }
        return Optional.of(out.toString());
    }
}
