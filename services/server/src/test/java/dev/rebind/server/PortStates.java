package dev.rebind.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** How many sockets in which state the kernel has on a local port: from /proc, apart from the code that is tested. */
final class PortStates {
    private static final List<String> NAMES = List.of(
            "",
            "ESTABLISHED",
            "SYN_SENT",
            "SYN_RECEIVED",
            "FIN_WAIT_1",
            "FIN_WAIT_2",
            "TIME_WAIT",
            "CLOSED",
            "CLOSE_WAIT",
            "LAST_ACK",
            "LISTEN",
            "CLOSING",
            "NEW_SYN_RECV");

    private PortStates() {}

    static Map<String, Integer> on(int port) {
        return states(1, port);
    }

    /** The far ends: sockets whose remote port it is. */
    static Map<String, Integer> to(int port) {
        return states(2, port);
    }

    private static Map<String, Integer> states(int column, int port) {
        var states = new TreeMap<String, Integer>();
        String suffix = ":%04X".formatted(port);
        Stream.of("tcp", "tcp6").flatMap(PortStates::lines).forEach(line -> {
            String[] fields = line.strip().split("\\s+");
            if (fields[column].endsWith(suffix)) {
                states.merge(NAMES.get(Integer.parseInt(fields[3], 16)), 1, Integer::sum);
            }
        });
        return states;
    }

    /** Bytes received and not read, summed over the sockets on the port. */
    static long unread(int port) {
        String suffix = ":%04X".formatted(port);
        return Stream.of("tcp", "tcp6")
                .flatMap(PortStates::lines)
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields[1].endsWith(suffix) && !fields[3].equals("0A"))
                .mapToLong(fields -> Long.parseLong(fields[4].split(":")[1], 16))
                .sum();
    }

    private static Stream<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of("/proc/net", file)).stream().skip(1);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
