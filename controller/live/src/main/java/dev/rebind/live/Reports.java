package dev.rebind.live;

import dev.rebind.live.Experiments.One;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordingException;
import dev.rebind.report.Run;
import dev.rebind.report.Summarizer;
import dev.rebind.report.Summary;
import dev.rebind.report.folder.SummaryMarkdown;
import dev.rebind.report.page.Page;
import dev.rebind.report.page.ShownCycles;
import java.io.IOException;
import java.io.Writer;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Makes the reports of one experiment from its records. */
public final class Reports {
    private Reports() {}

    /** A report, or why there is none. */
    public sealed interface Made {
        /** A report whose records have been read. {@link #write} makes its text. */
        non-sealed interface Document extends Made {
            void write(Writer out) throws IOException;
        }

        /**
         * There is no report, because no record is stored.
         *
         * @param lost whether the experiment had records that are no longer stored
         */
        record Nothing(String why, boolean lost) implements Made {}
    }

    @FunctionalInterface
    private interface Form {
        void write(Writer out, Summary summary) throws IOException;
    }

    /**
     * Makes {@code report.html}.
     *
     * @throws CancellationException when the thread is interrupted
     */
    public static Made page(One one) throws RecordingException {
        var selection = new ShownCycles();
        Run run = one.run();
        return made(one, run, selection::add, (out, summary) -> Page.write(out, run, summary, selection));
    }

    /**
     * Makes {@code summary.md}.
     *
     * @throws CancellationException when the thread is interrupted
     */
    public static Made markdown(One one) throws RecordingException {
        var markdown = new SummaryMarkdown();
        return made(one, one.run(), markdown::add, markdown::write);
    }

    private static Made made(One one, Run run, Consumer<CycleRecord> records, Form form) throws RecordingException {
        var summarizer = new Summarizer();
        var stored = new AtomicInteger();
        one.records().forEach(record -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("nobody waits for the report");
            }
            stored.incrementAndGet();
            summarizer.add(record);
            records.accept(record);
        });
        ApiJson.Overview overview = one.overview();
        Optional<String> missing = MissingRecords.of(one, stored.get());
        if (stored.get() == 0) {
            return new Made.Nothing(missing.orElseGet(() -> MissingRecords.none(overview)), missing.isPresent());
        }
        Summary seen = summarizer.summarize(run, missing);
        // The verdict counts all cycles, also those whose records are lost.
        Summary summary = missing.isPresent() && overview.verdict() != null ? seen.judged(overview.verdict()) : seen;
        return (Made.Document) out -> form.write(out, summary);
    }
}
