package dev.rebind.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.proc.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelTimeWaitTest {
    @TempDir
    Path settings;

    private void write(String setting) throws IOException {
        Files.writeString(settings.resolve(setting), "60\n");
    }

    @Test
    @DisplayName("When the kernel has no setting for it, then a TIME_WAIT lasts 60 s in each namespace")
    void usual() throws IOException {
        write("tcp_fin_timeout");
        assertThat(KernelTimeWait.seconds(new Namespace(settings))).isEqualTo(60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp_tw_timeout", "tcp_tw_recycle"})
    @DisplayName("When each namespace may have a time of its own, then it is not known")
    void own(String setting) throws IOException {
        write("tcp_fin_timeout");
        write(setting);
        assertThat(KernelTimeWait.seconds(new Namespace(settings))).isNull();
    }

    @Test
    @DisplayName("When the settings are hidden, then it is not known")
    void hidden() {
        assertThat(KernelTimeWait.seconds(new Namespace(settings))).isNull();
    }
}
