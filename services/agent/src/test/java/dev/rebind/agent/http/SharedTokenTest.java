package dev.rebind.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.http.Gate.Decision;
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
    private SharedToken gate(String token, String permissions) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Files.writeString(folder.resolve("token"), token + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return new SharedToken(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--r-----"})
    @DisplayName("When a token has 16 bytes and its file is for a user or a group, then whoever shows it is let in")
    void good(String permissions) throws IOException {
        SharedToken gate = gate(TOKEN, permissions);
        assertThat(gate.fault()).isNull();
        assertThat(gate.check(TOKEN)).isInstanceOf(Decision.Allowed.class);
        assertThat(gate.check(TOKEN + "x")).isInstanceOf(Decision.Unauthenticated.class);
        assertThat(gate.check(null)).isInstanceOf(Decision.Unauthenticated.class);
    }

    @Test
    @DisplayName("When a token is shorter than 16 bytes, or there is none, then nobody is let in, and it is said why")
    void tooShort() throws IOException {
        assertThat(gate(TOKEN.substring(1), "rw-------").fault())
                .contains("a token of 15 bytes", "openssl rand -hex 32");
        assertThat(gate("", "rw-------").fault()).contains("a token of 0 bytes");
        assertThat(gate("", "rw-------").check("")).isInstanceOf(Decision.Undecided.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw-----w-"})
    @DisplayName("When every user can read or write a token's file, then nobody is let in, and it is said why")
    void forOthers(String permissions) throws IOException {
        SharedToken gate = gate(TOKEN, permissions);
        assertThat(gate.fault()).contains("by every user of this machine; chmod o= ");
        assertThat(gate.check(TOKEN)).isInstanceOf(Decision.Undecided.class);
    }

    @Test
    @DisplayName("When the folder of a token's file is closed to others, then the file may be readable for everybody")
    void closedFolder() throws IOException {
        SharedToken gate = gate(TOKEN, "rw-r--r--");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertThat(gate.fault()).isNull();
        assertThat(gate.check(TOKEN)).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    @DisplayName(
            "When a token's file becomes readable for everybody while the agent runs, then nobody is let in any more")
    void later() throws IOException {
        SharedToken gate = gate(TOKEN, "rw-------");
        assertThat(gate.check(TOKEN)).isInstanceOf(Decision.Allowed.class);
        assertThat(gate(TOKEN, "rw-r--r--").check(TOKEN)).isInstanceOf(Decision.Undecided.class);
        assertThat(gate.check(TOKEN)).isInstanceOf(Decision.Undecided.class);
    }
}
