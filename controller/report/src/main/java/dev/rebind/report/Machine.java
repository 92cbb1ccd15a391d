package dev.rebind.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.sockets.proc.Namespace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The facts about the machine that a result depends on. A fact that could not be read is absent. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Machine(
        String system,

        @JsonPropertyDescription("Release of the kernel.") String kernel,
        String architecture,
        int processors,

        @JsonPropertyDescription("Ticks of the kernel's timers in a second.") @Nullable
        Integer hz,

        @JsonPropertyDescription("Settings of the kernel that decide how long a port stays blocked.")
        Map<String, String> sysctls,

        String java,
        @Nullable String vertx,
        @Nullable String rebind) {

    private static final List<String> SYSCTLS = List.of(
            "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_max_tw_buckets",
            "net.ipv4.tcp_tw_reuse");

    public Machine {
        sysctls = Map.copyOf(sysctls);
    }

    /**
     * Reads the facts of this machine.
     *
     * @param proc the folder of the proc file system, usually {@code /proc}
     * @param hz the kernel's timer frequency; null where it is not known
     * @param rebind Rebind's version; null where it is not known
     */
    public static Machine read(Path proc, @Nullable Integer hz, @Nullable String rebind) {
        return new Machine(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                hz,
                sysctls(proc),
                System.getProperty("java.runtime.version", Runtime.version().toString()),
                vertxVersion(),
                rebind);
    }

    private static Map<String, String> sysctls(Path proc) {
        var values = new TreeMap<String, String>();
        var settings = new Namespace(proc.resolve("sys/net/ipv4"));
        for (String name : SYSCTLS) {
            // The setting is absent on a system that is not Linux, and where it is hidden from this process.
            settings.text(name.substring("net.ipv4.".length()))
                    .ifPresent(text -> values.put(name, text.strip().replaceAll("\\s+", " ")));
        }
        return values;
    }

    private static @Nullable String vertxVersion() {
        try (InputStream version = Machine.class.getResourceAsStream("/META-INF/vertx/vertx-version.txt")) {
            return version == null ? null : new String(version.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException _) {
            return null;
        }
    }
}
