package dev.rebind.live;

import dev.rebind.live.Experiments.One;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordingException;
import dev.rebind.report.Run;
import dev.rebind.report.Summarizer;
import dev.rebind.report.Summary;
import dev.rebind.report.folder.SummaryMarkdown;
import dev.rebind.report.page.Page;
import dev.rebind.report.page.Selection;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes the reports of one experiment from its records. A run's folder has reports of all its experiments. */
public final class Reports {
    private Reports() {}

    /** {@code report.html}; empty if there are no records yet. */
    public static Optional<String> page(One one) throws RecordingException {
        var selection = new Selection();
        Run run = one.run();
        return write(one, run, selection::add, (out, summary) -> Page.write(out, run, summary, selection));
    }

    /** {@code summary.md}; empty if there are no records yet. */
    public static Optional<String> markdown(One one) throws RecordingException {
        var markdown = new SummaryMarkdown();
        return write(one, one.run(), markdown::add, markdown::write);
    }

    @FunctionalInterface
    private interface Document {
        void write(Writer out, Summary summary) throws IOException;
    }

    private static Optional<String> write(One one, Run run, Consumer<CycleRecord> records, Document document)
            throws RecordingException {
        var summarizer = new Summarizer();
        one.records().forEach(record -> {
            summarizer.add(record);
            records.accept(record);
        });
        Summary summary = summarizer.summarize(run, Optional.empty());
        if (summary.cycles() == 0) {
            return Optional.empty();
        }
        var out = new StringWriter();
        try {
            document.write(out, summary);
        } catch (IOException e) {
            throw new IllegalStateException("a string takes everything", e);
        }
        return Optional.of(out.toString());
    }
}
