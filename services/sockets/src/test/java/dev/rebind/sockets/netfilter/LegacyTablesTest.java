package dev.rebind.sockets.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.proc.KernelModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("When the tables of iptables-legacy are read")
class LegacyTablesTest {
    @TempDir
    Path net;

    @Test
    @DisplayName("they are those of the family, and none where x_tables is not loaded")
    void names() throws IOException {
        Files.writeString(net.resolve("ip_tables_names"), "nat\nfilter\n");
        assertThat(LegacyTables.read(net, Family.IPV4, new KernelModules()))
                .isEqualTo(new LegacyTables.Answer.Made(Set.of("nat", "filter")));
        assertThat(LegacyTables.read(net, Family.IPV6, new KernelModules()))
                .as("a sandbox that shows nothing of the kernel")
                .isEqualTo(new LegacyTables.Answer.NotShown());
        Files.writeString(net.resolve("netlink"), "sk Eth Pid\n0000 0   0\n");
        assertThat(LegacyTables.read(net, Family.IPV6, new KernelModules()))
                .isEqualTo(new LegacyTables.Answer.Made(Set.of()));
    }

    @Test
    @DisplayName("a file that cannot be read hides nothing where the module for them is absent")
    void unreadable() throws IOException {
        Files.createDirectory(net.resolve("ip_tables_names"));
        Path modules = Files.writeString(net.resolve("modules"), "x_tables 1 0 - Live 0x0\n");
        Path builtin = Files.writeString(net.resolve("builtin"), "kernel/net/core.ko\n");
        assertThat(LegacyTables.read(net, Family.IPV4, new KernelModules(modules, Optional.of(builtin))))
                .isEqualTo(new LegacyTables.Answer.Made(Set.of()));
        assertThat(LegacyTables.read(net, Family.IPV4, new KernelModules(modules, Optional.empty())))
                .isEqualTo(new LegacyTables.Answer.Unreadable());
    }
}
