package dev.rebind.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Gives the token of the live page to the user who started the run. A terminal shows the token. Other output, such as the log of a build,
 * may be kept and read by others. The token is then in a file that only this user can read, and that is deleted with the run.
 *
 * @param line the line that tells the page's address
 * @param file the file with the token; null where the line has the token
 */
record PageToken(String line, @Nullable Path file) implements AutoCloseable {
    /**
     * Makes the line, and the file where one is needed.
     *
     * @param address address of the page, with a slash at its end
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
        // This deletes the file even if the process ends before the run does.
        file.toFile().deleteOnExit();
        Files.writeString(file, token + "\n");
        return new PageToken(
                "Live page: " + address + " (the token for pause, resume and abort is in " + file + ")", file);
    }

    @Override
    public void close() {
        if (file != null) {
            // It does not matter if the file is gone already.
            var _ = file.toFile().delete();
        }
    }
}
