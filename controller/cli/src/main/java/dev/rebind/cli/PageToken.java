package dev.rebind.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * How the person who started a run gets the token of its page. A terminal shows it. What is no terminal is kept and read by
 * others, as the log of a build is: there the token is in a file for this user alone, which goes with the run.
 *
 * @param line that tells the address of the page
 * @param file with the token; null where the line has it
 */
record PageToken(String line, @Nullable Path file) implements AutoCloseable {
    /**
     * Makes the file where one is needed.
     *
     * @param address with a slash at its end
     * @throws IOException when the file cannot be written
     */
    static PageToken of(String address, String token, boolean terminal) throws IOException {
        if (terminal) {
            return new PageToken("Live page: " + address + "#token=" + token, null);
        }
        Path file = Files.createTempFile(
                "rebind-token-",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        // For an end that comes before the run's own.
        file.toFile().deleteOnExit();
        Files.writeString(file, token + "\n");
        return new PageToken(
                "Live page: " + address + " (the token for pause, resume and abort is in " + file + ")", file);
    }

    @Override
    public void close() {
        if (file != null) {
            // Gone already is as good.
            var _ = file.toFile().delete();
        }
    }
}
