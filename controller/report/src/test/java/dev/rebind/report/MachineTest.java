package dev.rebind.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @TempDir
    Path proc;

    @Test
    @DisplayName("When a setting of the kernel cannot be read, then it is absent, and the others are as they stand")
    void sysctls() throws Exception {
        Path ipv4 = Files.createDirectories(proc.resolve("sys/net/ipv4"));
        Files.writeString(ipv4.resolve("ip_local_port_range"), "32768\t60999\n");
        Files.writeString(ipv4.resolve("ip_local_reserved_ports"), "\n");

        Machine machine = Machine.read(proc, null, "1.2.3");

        assertThat(machine.sysctls())
                .isEqualTo(
                        Map.of("net.ipv4.ip_local_port_range", "32768 60999", "net.ipv4.ip_local_reserved_ports", ""));
        assertThat(machine.hz()).isNull();
        assertThat(machine.rebind()).isEqualTo("1.2.3");
        assertThat(machine.vertx()).matches("5\\.[0-9.]+.*");
    }
}
