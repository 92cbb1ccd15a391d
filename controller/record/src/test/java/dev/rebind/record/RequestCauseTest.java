package dev.rebind.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.record.clients.RequestCause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequestCauseTest {
    @ParameterizedTest
    @EnumSource
    @DisplayName("The page about reports says what is known where a request has this cause")
    void documented(RequestCause cause) throws IOException {
        assertThat(Files.readString(Path.of("../../docs/reference/report.md"))).contains("`" + cause.name() + "`");
    }
}
