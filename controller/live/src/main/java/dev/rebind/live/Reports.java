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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Makes the reports of one experiment from its records. A run's folder has reports of all its experiments. */
public final class Reports {
    private Reports() {}

    /** A report, or why there is none. */
    public sealed interface Made {
        record Document(String text) implements Made {}

        /** @param lost whether there were records */
        record Nothing(String why, boolean lost) implements Made {}
    }

    /** {@code report.html}. */
    public static Made page(One one) throws RecordingException {
        var selection = new Selection();
        Run run = one.run();
        return write(one, run, selection::add, (out, summary) -> Page.write(out, run, summary, selection));
    }

    /** {@code summary.md}. */
    public static Made markdown(One one) throws RecordingException {
        var markdown = new SummaryMarkdown();
        return write(one, one.run(), markdown::add, markdown::write);
    }

    @FunctionalInterface
    private interface Form {
        void write(Writer out, Summary summary) throws IOException;
    }

    private static Made write(One one, Run run, Consumer<CycleRecord> records, Form form) throws RecordingException {
        var summarizer = new Summarizer();
        var stored = new AtomicInteger();
        one.records().forEach(record -> {
            stored.incrementAndGet();
            summarizer.add(record);
            records.accept(record);
        });
        ApiJson.Overview overview = one.overview();
        Optional<String> missing = MissingRecords.of(one, stored.get());
        if (stored.get() == 0) {
            return new Made.Nothing(missing.orElseGet(() -> MissingRecords.none(overview)), missing.isPresent());
        }
        Summary summary = summarizer.summarize(run, missing);
        if (missing.isPresent() && overview.verdict() != null) {
            // That of all cycles, whichever of them are left.
            summary = summary.judged(overview.verdict());
        }
        var out = new StringWriter();
        try {
            form.write(out, summary);
        } catch (IOException e) {
            throw new IllegalStateException("a string takes everything", e);
        }
        return new Made.Document(out.toString());
    }
}
