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
 * The report folder of one run. While the run goes on, it has {@code cycles.jsonl} and {@code run.json}. At the end, {@code summary.json},
 * {@code summary.md}, {@code junit.xml} and {@code report.html} are made from them.
 */
public final class ReportFolder implements AutoCloseable {
    public static final String CYCLES = "cycles.jsonl";
    public static final String RUN = "run.json";
    public static final String SUMMARY = "summary.json";
    public static final String MARKDOWN = "summary.md";
    public static final String JUNIT = "junit.xml";
    public static final String PAGE = "report.html";

    /** The smallest free space, in bytes, with which a report is begun. */
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
     * Creates the folder where it is missing, and the record file in it.
     *
     * @throws RecordingException when the folder cannot be written, has too little room, or holds another run
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

    /** Free space in bytes. Empty where Java cannot find the mount, for example in a chroot; a write then fails when the disk is full. */
    private static OptionalLong room(Path folder) {
        try {
            return OptionalLong.of(Files.getFileStore(folder).getUsableSpace());
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * Creates a new folder below {@code parent}. Its name is {@code rebind-report-} and the time in UTC, followed by a number where the
     * name is taken. The folder is created at once, so two programs that start in the same second get different folders.
     *
     * @throws RecordingException when the folder cannot be created
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

    /** Removes a folder made by {@link #fresh} if it is still empty. */
    public static void abandon(Path fresh) {
        try {
            Files.deleteIfExists(fresh);
        } catch (IOException _) {
            // The folder has a report or cannot be removed; it stays.
        }
    }

    public Path folder() {
        return folder;
    }

    /** The writer of the cycle records. */
    public RecordWriter records() {
        return records;
    }

    /**
     * Writes {@code run.json} with the progress of the run, so that the folder can be read even if the run is cut short. Safe for use by
     * several threads.
     *
     * @param run its end and whether it was interrupted are ignored
     * @throws RecordingException when the file could not be written; its old content stays
     */
    public synchronized void note(Run run) throws RecordingException {
        replace(folder.resolve(RUN), out -> json(out, RunFile.begun(run)));
    }

    /**
     * Closes the records and writes all other files. Each file is either complete or absent.
     *
     * @throws RecordingException when a file could not be written; the others are still tried
     */
    public synchronized Summary finish(Run run) throws RecordingException {
        records.close();
        return write(folder, run, List.of(RUN, SUMMARY, MARKDOWN, JUNIT, PAGE));
    }

    /**
     * Writes the files that a report's folder lacks, from the records in it.
     *
     * @return the names of the files that were written
     * @throws RecordingException when a file could not be written; the others are still tried
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

    /** The experiments of a run with their text; none where the folder has no {@link #RUN}, for example one from an earlier version. */
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
            // A channel does not do here, because an interrupt closes it.
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
