package dev.rebind.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * How the person who started a run gets the token of its page. A terminal shows it. What is no terminal is kept and read by
 * others, as the log of a build is: there the token is in a file for this user alone.
 */
final class PageToken {
    private PageToken() {}

    /**
     * The line that tells the address of the page.
     *
     * @param address with a slash at its end
     * @throws IOException when the file cannot be written
     */
    static String line(String address, String token, boolean terminal) throws IOException {
        if (terminal) {
            return "Live page: " + address + "#token=" + token;
        }
        Path file = Files.createTempFile(
                "rebind-token-",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, token + "\n");
        file.toFile().deleteOnExit();
        return "Live page: " + address + " (the token for pause, resume and abort is in " + file + ")";
    }
}
