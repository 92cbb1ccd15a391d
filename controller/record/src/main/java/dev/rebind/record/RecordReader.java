package dev.rebind.record;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads {@code cycles.jsonl} back. A last line that is cut off, as a crash in the middle of a write leaves it, is left
 * out and said; anything else that is not a record is an error.
 */
public final class RecordReader {
    private static final ObjectReader READER = Json.mapper().readerFor(CycleRecord.class);

    private RecordReader() {}

    /** @param torn what is wrong with the last line; empty for a whole file */
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

    /**
     * Hands over one record after the other, as a file of a long run does not fit into memory.
     *
     * @return what is wrong with the last line; empty for a whole file
     */
    public static Optional<String> forEach(Path file, Consumer<CycleRecord> consumer) throws RecordingException {
        // Decoded leniently: a cut in the middle of a character must show as a torn line, not as an unreadable file.
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            int number = 0;
            String line = lines.readLine();
            while (line != null) {
                number++;
                String next = lines.readLine();
                CycleRecord record;
                try {
                    record = parse(line);
                } catch (JacksonException e) {
                    if (next == null && !endsWithLine(file)) {
                        return Optional.of("line " + number + " of " + file
                                + " is cut off: the run was ended while it was written; it is left out");
                    }
                    throw new RecordingException(
                            file,
                            "line " + number + " of " + file + " is not a cycle record: " + why(e)
                                    + "; it was written by another version or changed by hand",
                            e);
                }
                consumer.accept(record);
                line = next;
            }
            return Optional.empty();
        } catch (RecordingException e) {
            throw e;
        } catch (IOException e) {
            throw RecordingException.cannotRead(file, e);
        }
    }

    private static CycleRecord parse(String line) throws JacksonException {
        CycleRecord record = READER.readValue(line);
        if (record == null) {
            throw JsonMappingException.from((JsonParser) null, "no object");
        }
        return record;
    }

    /** The writer ends every record with a line feed. */
    private static boolean endsWithLine(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            if (channel.size() == 0) {
                return true;
            }
            ByteBuffer last = ByteBuffer.allocate(1);
            channel.position(channel.size() - 1).read(last);
            return last.get(0) == '\n';
        }
    }

    private static String why(JacksonException e) {
        String message = e.getOriginalMessage();
        return message == null ? e.toString() : message;
    }
}
