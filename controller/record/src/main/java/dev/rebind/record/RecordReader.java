package dev.rebind.record;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code cycles.jsonl}. A crash in the middle of a write can cut off the last line: the reader skips such a line and reports it.
 * Anything else that is not a record is an error.
 */
public final class RecordReader {
    private static final ObjectReader READER = Json.mapper().readerFor(CycleRecord.class);

    /** Jackson's message when JSON lacks a component that the record's constructor requires. */
    private static final Pattern MISSING =
            Pattern.compile("Cannot construct instance of `dev\\.rebind\\.[^`]*`, problem: ([A-Za-z]+)");

    private RecordReader() {}

    /** @param torn what is wrong with the last line; empty when the file is complete */
    public record Contents(List<CycleRecord> records, Optional<String> torn) {
        public Contents {
            records = List.copyOf(records);
        }
    }

    public static Contents read(Path file) throws RecordingException {
        var records = new ArrayList<CycleRecord>();
        Optional<String> torn = forEach(file, records::add);
        return new Contents(records, torn);
    }

    /** Receives the records of a file, one after the other, with their places in the file. */
    @FunctionalInterface
    public interface Located {
        /**
         * Takes one record.
         *
         * @param line line number, from 1
         * @param from offset of the line in the file
         * @param to offset of the first byte after its line feed
         */
        void accept(CycleRecord record, int line, long from, long to) throws RecordingException;
    }

    /**
     * Hands the records to the consumer one by one, because the file of a long run may not fit into memory.
     *
     * @return what is wrong with the last line; empty when the file is complete
     */
    public static Optional<String> forEach(Path file, Consumer<CycleRecord> consumer) throws RecordingException {
        return forEachLine(file, (record, _, _, _) -> consumer.accept(record));
    }

    /** Like {@link #forEach(Path, Consumer)}, but also passes the place of each record in the file. */
    public static Optional<String> forEachLine(Path file, Located consumer) throws RecordingException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            var line = new ByteArrayOutputStream();
            int number = 1;
            long from = 0;
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next != '\n') {
                    line.write(next);
                    continue;
                }
                long to = from + line.size() + 1;
                consumer.accept(record(file, number, line.toByteArray()), number, from, to);
                line.reset();
                number++;
                from = to;
            }
            // The writer ends every record with a line feed, so a rest without one is a record that was cut off.
            return line.size() == 0
                    ? Optional.empty()
                    : Optional.of("line " + number + " of " + file
                            + " is cut off: the run was ended while it was written; it is left out");
        } catch (RecordingException e) {
            throw e;
        } catch (IOException e) {
            throw RecordingException.cannotRead(file, e);
        }
    }

    private static CycleRecord record(Path file, int number, byte[] line) throws IOException {
        try {
            CycleRecord record = READER.readValue(line);
            if (record == null) {
                throw JsonMappingException.from((JsonParser) null, "no object");
            }
            return record;
        } catch (JacksonException e) {
            throw new RecordingException(
                    file,
                    "line " + number + " of " + file + " is not a cycle record: " + why(e)
                            + "; it was written by another version or changed by hand",
                    e);
        }
    }

    private static String why(JacksonException e) {
        String message = e.getOriginalMessage();
        Matcher missing = MISSING.matcher(String.valueOf(message));
        return missing.matches() ? "it lacks " + missing.group(1) : message == null ? e.toString() : message;
    }
}
