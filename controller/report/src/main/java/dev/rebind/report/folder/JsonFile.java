package dev.rebind.report.folder;

import com.fasterxml.jackson.core.JacksonException;
import dev.rebind.record.Json;
import dev.rebind.record.RecordingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a JSON file of a report's folder. */
final class JsonFile {
    private JsonFile() {}

    /**
     * Reads a whole file.
     *
     * @return empty where the file does not exist
     * @throws RecordingException when the file cannot be read, or comes from another version
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
