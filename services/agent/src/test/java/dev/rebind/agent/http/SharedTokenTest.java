package dev.rebind.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.http.Authorizer.Decision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedTokenTest {
    private static final String TOKEN = "of-16-bytes-just";

    @TempDir
    Path folder;

    /** In a folder that every user may pass through. */
    private SharedToken authorizer(String token, String permissions) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Files.writeString(folder.resolve("token"), token + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return new SharedToken(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--r-----"})
    @DisplayName("When a token has 16 bytes and its file is for a user or a group, then whoever shows it is let in")
    void good(String permissions) throws IOException {
        SharedToken authorizer = authorizer(TOKEN, permissions);
        assertThat(authorizer.fault()).isNull();
        assertThat(authorizer.check(TOKEN)).isInstanceOf(Decision.Allowed.class);
        assertThat(authorizer.check(TOKEN + "x")).isInstanceOf(Decision.Unauthenticated.class);
        assertThat(authorizer.check(null)).isInstanceOf(Decision.Unauthenticated.class);
    }

    @Test
    @DisplayName("When a token is shorter than 16 bytes, or there is none, then nobody is let in, and it is said why")
    void tooShort() throws IOException {
        assertThat(authorizer(TOKEN.substring(1), "rw-------").fault())
                .contains("a token of 15 bytes", "openssl rand -hex 32");
        assertThat(authorizer("", "rw-------").fault()).contains("a token of 0 bytes");
        assertThat(authorizer("", "rw-------").check("")).isInstanceOf(Decision.Undecided.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw-----w-"})
    @DisplayName("When every user can read or write a token's file, then nobody is let in, and it is said why")
    void forOthers(String permissions) throws IOException {
        SharedToken authorizer = authorizer(TOKEN, permissions);
        assertThat(authorizer.fault()).contains("by every user of this machine; chmod o= ");
        assertThat(authorizer.check(TOKEN)).isInstanceOf(Decision.Undecided.class);
    }

    @Test
    @DisplayName("When the folder of a token's file is closed to others, then the file may be readable for everybody")
    void closedFolder() throws IOException {
        SharedToken authorizer = authorizer(TOKEN, "rw-r--r--");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertThat(authorizer.fault()).isNull();
        assertThat(authorizer.check(TOKEN)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    @DisplayName(
            "When a token's file becomes readable for everybody while the agent runs, then nobody is let in any more")
    void later() throws IOException {
        SharedToken authorizer = authorizer(TOKEN, "rw-------");
        assertThat(authorizer.check(TOKEN)).isInstanceOf(Decision.Allowed.class);
        assertThat(authorizer(TOKEN, "rw-r--r--").check(TOKEN)).isInstanceOf(Decision.Undecided.class);
        assertThat(authorizer.check(TOKEN)).isInstanceOf(Decision.Undecided.class);
    }
}
