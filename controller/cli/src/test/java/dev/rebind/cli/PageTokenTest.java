package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PageTokenTest {
    private static final String ADDRESS = "http://127.0.0.1:1234/";

    @Test
    @DisplayName("When standard output is a terminal, then it shows the address with the token")
    void terminal() throws IOException {
        assertThat(PageToken.line(ADDRESS, "secret", true)).isEqualTo("Live page: " + ADDRESS + "#token=secret");
    }

    @Test
    @DisplayName("When standard output is no terminal, then the token is in a file for this user alone")
    void file() throws IOException {
        String line = PageToken.line(ADDRESS, "secret", false);
        assertThat(line).startsWith("Live page: " + ADDRESS + " ").doesNotContain("secret");
        Path file = Path.of(line.replaceAll(".* is in (.*)\\)", "$1"));
        assertThat(Files.readString(file)).isEqualTo("secret\n");
        assertThat(Files.getPosixFilePermissions(file))
                .containsOnly(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }
}
