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
        try (PageToken token = PageToken.of(ADDRESS, "secret", true)) {
            assertThat(token.line()).isEqualTo("Live page: " + ADDRESS + "#token=secret");
            assertThat(token.file()).isNull();
        }
    }

    @Test
    @DisplayName("When standard output is no terminal, then the token is in a file for this user alone")
    void file() throws IOException {
        Path file;
        try (PageToken token = PageToken.of(ADDRESS, "secret", false)) {
            assertThat(token.line()).startsWith("Live page: " + ADDRESS + " ").doesNotContain("secret");
            file = Path.of(token.line().replaceAll(".* is in (.*)\\)", "$1"));
            assertThat(Files.readString(file)).isEqualTo("secret\n");
            assertThat(Files.getPosixFilePermissions(file))
                    .containsOnly(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        }
        assertThat(file).as("it goes with the run").doesNotExist();
    }
}
