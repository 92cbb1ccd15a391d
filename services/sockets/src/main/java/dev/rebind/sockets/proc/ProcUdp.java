package dev.rebind.sockets.proc;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpSocket;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code /proc/net/udp} and {@code udp6}, whose lines have the form of those for TCP ({@code net/ipv4/udp.c}, udp4_format_sock). */
public final class ProcUdp {
    private ProcUdp() {}

    /**
     * Every UDP socket, in the form of a TCP socket.
     *
     * @throws IllegalArgumentException for a file that is not of this form
     */
    public static List<TcpSocket> read(Path net) throws IOException {
        var sockets = new ArrayList<TcpSocket>();
        read(net.resolve("udp"), Family.IPV4, sockets);
        try {
            read(net.resolve("udp6"), Family.IPV6, sockets);
        } catch (NoSuchFileException e) {
            // A kernel without IPv6 has no IPv6 sockets.
        }
        return sockets;
    }

    private static void read(Path file, Family family, List<TcpSocket> into) throws IOException {
        var parser = new ProcTableParser(family, ByteOrder.nativeOrder());
        List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
        if (lines.isEmpty() || !lines.getFirst().contains("local_address")) {
            throw new IllegalArgumentException(file + " has no heading");
        }
        lines.stream().skip(1).map(parser::parse).forEach(into::add);
    }
}
