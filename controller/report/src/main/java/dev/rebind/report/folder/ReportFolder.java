package dev.rebind.report.folder;

import dev.rebind.record.Json;
import dev.rebind.record.RecordReader;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.RecordingException;
import dev.rebind.report.Run;
import dev.rebind.report.Summarizer;
import dev.rebind.report.Summary;
import dev.rebind.report.page.Page;
import dev.rebind.report.page.ShownCycles;
import java.io.BufferedWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The folder of one run: {@code cycles.jsonl} and {@code run.json} while it runs, and at the end {@code summary.json}, {@code summary.md},
 * {@code junit.xml} and {@code report.html}, made from it.
 */
public final class ReportFolder implements AutoCloseable {
    public static final String CYCLES = "cycles.jsonl";
    public static final String RUN = "run.json";
    public static final String SUMMARY = "summary.json";
    public static final String MARKDOWN = "summary.md";
    public static final String JUNIT = "junit.xml";
    public static final String PAGE = "report.html";

    /** Less room than this is not enough for the smallest report. */
    private static final long LEAST_ROOM_BYTES = 1 << 20;

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Path folder;
    private final RecordWriter records;

    private ReportFolder(Path folder, RecordWriter records) {
        this.folder = folder;
        this.records = records;
    }

    /**
     * Makes the folder where it is missing, and the file for the records in it.
     *
     * @throws RecordingException when it cannot be written, has too little room, or holds another run
     */
    public static ReportFolder open(Path folder) throws RecordingException {
        for (String name : List.of(CYCLES, RUN, SUMMARY, MARKDOWN, JUNIT, PAGE)) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                throw new RecordingException(
                        file,
                        folder + " already holds a report (" + name
                                + "), and two runs are not mixed; name another folder with --report DIR, or remove it",
                        null);
            }
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw RecordingException.cannotWrite(folder, e);
        }
        OptionalLong room = room(folder);
        if (room.isPresent() && room.getAsLong() < LEAST_ROOM_BYTES) {
            throw new RecordingException(
                    folder,
                    "cannot write " + folder + ": the disk is full (" + room.getAsLong() / 1024
                            + " KiB left); make room, or name another folder with --report DIR",
                    null);
        }
        return new ReportFolder(folder, RecordWriter.create(folder.resolve(CYCLES)));
    }

    /** In bytes; empty where the mount cannot be found, as in a root that is no mount (chroot): what does not fit fails when it is written. */
    private static OptionalLong room(Path folder) {
        try {
            return OptionalLong.of(Files.getFileStore(folder).getUsableSpace());
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * Makes a folder below {@code parent} that did not exist: {@code rebind-report-} and the time in UTC, with a number after it where
     * that is taken. It is made at once, so that of two programs that start in one second each has its own.
     *
     * @throws RecordingException when it cannot be made
     */
    public static Path fresh(Path parent, Instant now) throws RecordingException {
        String name = "rebind-report-" + STAMP.format(now);
        Path folder = parent.resolve(name);
        for (int i = 2; ; i++) {
            try {
                return Files.createDirectory(folder);
            } catch (FileAlreadyExistsException _) {
                folder = parent.resolve(name + "-" + i);
            } catch (IOException e) {
                throw RecordingException.cannotWrite(folder, e);
            }
        }
    }

    /** Removes a folder of {@link #fresh} that nothing has been written to. */
    public static void abandon(Path fresh) {
        try {
            Files.deleteIfExists(fresh);
        } catch (IOException _) {
            // It has a report, or is left empty.
        }
    }

    public Path folder() {
        return folder;
    }

    /** Where the cycles write their records. */
    public RecordWriter records() {
        return records;
    }

    /**
     * Says how far the run is, for a reader of the folder where it is cut short. Safe for several threads.
     *
     * @param run its end and whether it was interrupted do not count yet
     * @throws RecordingException when it could not be written; what was there of it stays
     */
    public synchronized void note(Run run) throws RecordingException {
        replace(folder.resolve(RUN), out -> json(out, RunFile.begun(run)));
    }

    /**
     * Ends the records and writes the rest. Each file is either whole or not there.
     *
     * @throws RecordingException when one could not be written; the others are tried nevertheless
     */
    public synchronized Summary finish(Run run) throws RecordingException {
        records.close();
        return write(folder, run, List.of(RUN, SUMMARY, MARKDOWN, JUNIT, PAGE));
    }

    /**
     * Writes those parts of a report that its folder lacks, from the records that are in it.
     *
     * @return the names of the files that were written
     * @throws RecordingException when one could not be written; the others are tried nevertheless
     */
    public static List<String> complete(SavedReport report) throws RecordingException {
        List<String> missing = Stream.of(SUMMARY, MARKDOWN, JUNIT, PAGE)
                .filter(name -> !Files.exists(report.folder().resolve(name)))
                .toList();
        if (!missing.isEmpty()) {
            var _ = write(report.folder(), report.run(), missing);
        }
        return missing;
    }

    /** The experiments of a run, with their text; none where the folder has no {@link #RUN}, as that of a former version. */
    public static List<Run.Subject> subjects(Path folder) throws RecordingException {
        return RunFile.read(folder).map(RunFile::experiments).orElse(List.of());
    }

    private static Summary write(Path folder, Run run, List<String> wanted) throws RecordingException {
        Path cycles = folder.resolve(CYCLES);
        var summarizer = new Summarizer();
        var selection = new ShownCycles();
        var markdown = new SummaryMarkdown();
        var junit = new JunitXml();
        Optional<String> torn = RecordReader.forEach(cycles, record -> {
            summarizer.add(record);
            selection.add(record);
            markdown.add(record);
            junit.add(record);
        });
        Summary summary = summarizer.summarize(run, torn);
        RecordingException failure = null;
        for (Part part : List.<Part>of(
                new Part(RUN, out -> json(out, RunFile.ended(run))),
                new Part(SUMMARY, out -> json(out, summary)),
                new Part(MARKDOWN, out -> markdown.write(out, summary)),
                new Part(JUNIT, out -> junit.write(out, summary)),
                new Part(PAGE, out -> Page.write(out, run, summary, selection)))) {
            if (!wanted.contains(part.name())) {
                continue;
            }
            try {
                replace(folder.resolve(part.name()), part.content());
            } catch (RecordingException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        return summary;
    }

    private static void json(Writer out, Object value) throws IOException {
        Json.mapper().writerWithDefaultPrettyPrinter().writeValue(out, value);
    }

    private record Part(String name, Content content) {}

    @FunctionalInterface
    private interface Content {
        void writeTo(Writer out) throws IOException;
    }

    private static void replace(Path file, Content content) throws RecordingException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            // Not a channel, which an interrupt closes.
            try (Writer out = new BufferedWriter(
                    new OutputStreamWriter(new FileOutputStream(part.toFile()), StandardCharsets.UTF_8))) {
                content.writeTo(out);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (RecordingException e) {
            throw e;
        } catch (IOException e) {
            RecordingException failure = RecordingException.cannotWrite(file, e);
            try {
                Files.deleteIfExists(part);
            } catch (IOException left) {
                failure.addSuppressed(left);
            }
            throw failure;
        }
    }

    @Override
    public void close() throws RecordingException {
        records.close();
    }
}
