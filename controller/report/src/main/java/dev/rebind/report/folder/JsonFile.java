package dev.rebind.report.folder;

import com.fasterxml.jackson.core.JacksonException;
import dev.rebind.record.Json;
import dev.rebind.record.RecordingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file of JSON in a report's folder. */
final class JsonFile {
    private JsonFile() {}

    /**
     * Reads it whole.
     *
     * @return empty where there is none
     * @throws RecordingException when it cannot be read, or is of another version
     */
    static <T> Optional<T> read(Path file, Class<T> type) throws RecordingException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(Json.mapper().readValue(Files.readAllBytes(file), type));
        } catch (JacksonException e) {
            throw new RecordingException(
                    file,
                    file + " cannot be read: " + e.getOriginalMessage()
                            + "; it was written by another version or changed by hand",
                    e);
        } catch (IOException e) {
            throw RecordingException.cannotRead(file, e);
        }
    }
}
