package dev.rebind.sockets.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespaceTest {
    @TempDir
    private Path settings;

    @Test
    @DisplayName("When the kernel is asked for its settings, then all their digits come, as cat shows them")
    void real_settings() throws Exception {
        var namespace = new Namespace();
        for (String name : List.of("ip_local_port_range", "tcp_fin_timeout", "tcp_max_tw_buckets", "tcp_tw_reuse")) {
            Process cat = new ProcessBuilder("cat", "/proc/sys/net/ipv4/" + name).start();
            String shown = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            assertThat(namespace.text(name)).contains(shown);
        }
        assertThat(namespace.localPorts())
                .hasValueSatisfying(
                        ports -> assertThat(ports.first()).isGreaterThan(9).isLessThan(ports.last()));
        assertThat(namespace.maxTimeWait().orElseThrow()).isGreaterThan(9);
    }

    @Test
    @DisplayName("When a port is reserved, then the kernel does not give it away, though it lies in the range")
    void reserved() throws IOException {
        write("ip_local_port_range", "32768\t60999\n");
        write("ip_local_reserved_ports", "8080,40000-40010\n");
        var namespace = new Namespace(settings);
        assertThat(namespace.localPorts()).contains(new Namespace.Ports(32_768, 60_999));
        assertThat(namespace.ephemeral(32_767)).isFalse();
        assertThat(namespace.ephemeral(32_768)).isTrue();
        assertThat(namespace.ephemeral(60_999)).isTrue();
        assertThat(namespace.ephemeral(61_000)).isFalse();
        assertThat(namespace.ephemeral(39_999)).isTrue();
        assertThat(namespace.ephemeral(40_000)).isFalse();
        assertThat(namespace.ephemeral(40_010)).isFalse();
        assertThat(namespace.reserved(8080)).isTrue();
        write("ip_local_reserved_ports", "\n");
        assertThat(namespace.ephemeral(40_000)).isTrue();
    }

    @Test
    @DisplayName("When a setting is not there or is no number, then it is absent and not zero")
    void absent() throws IOException {
        var namespace = new Namespace(settings);
        assertThat(namespace.finTimeoutSeconds()).isEmpty();
        assertThat(namespace.localPorts()).isEmpty();
        assertThat(namespace.ephemeral(40_000)).isFalse();
        write("tcp_fin_timeout", "sixty\n");
        write("ip_local_port_range", "32768\n");
        assertThat(namespace.finTimeoutSeconds()).isEmpty();
        assertThat(namespace.localPorts()).isEmpty();
        write("tcp_fin_timeout", "15\n");
        assertThat(namespace.finTimeoutSeconds()).isEqualTo(OptionalInt.of(15));
    }

    @Test
    @DisplayName("When a kernel keeps TIME_WAIT for a time of its own, then that is read; 0 and nonsense are none")
    void time_wait() throws IOException {
        var namespace = new Namespace(settings);
        assertThat(namespace.timeWaitSeconds()).isEmpty();
        for (String none : List.of("0", "-1", "ten")) {
            write("tcp_tw_timeout", none + "\n");
            assertThat(namespace.timeWaitSeconds()).isEmpty();
        }
        write("tcp_tw_timeout", "10\n");
        assertThat(namespace.timeWaitSeconds()).isEqualTo(OptionalInt.of(10));
    }

    @Test
    @DisplayName(
            "When the kernel has no setting for it, then a TIME_WAIT lasts 60 s in each namespace, else it is not known")
    void time_wait_everywhere() throws IOException {
        var namespace = new Namespace(settings);
        assertThat(namespace.timeWaitEverywhere()).as("hidden").isEmpty();
        write("tcp_fin_timeout", "60\n");
        assertThat(namespace.timeWaitEverywhere()).isEqualTo(OptionalInt.of(60));
        for (String own : List.of("tcp_tw_timeout", "tcp_tw_recycle")) {
            write(own, "10\n");
            assertThat(namespace.timeWaitEverywhere()).as(own).isEmpty();
            Files.delete(settings.resolve(own));
        }
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(settings.resolve(name), text);
    }
}
