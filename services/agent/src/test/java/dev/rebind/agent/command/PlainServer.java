package dev.rebind.agent.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A server that is not Rebind's. Arguments: the port, then words that say what it does differently from most. */
final class PlainServer {
    /** Held, so that they are open at its end. */
    static final List<Socket> CONNECTIONS = Collections.synchronizedList(new ArrayList<>());

    static final List<ServerSocket> ALSO = new ArrayList<>();

    private PlainServer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        List<String> ways = List.of(arguments);
        if (ways.contains("dies")) {
            System.err.println("there is no configuration");
            System.exit(7);
        }
        if (ways.contains("ignores-sigterm")) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    Thread.sleep(Long.MAX_VALUE);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        if (values(ways, "fails-when=").stream().anyMatch(file -> Files.exists(Path.of(file)))) {
            values(ways, "failure=").forEach(System.err::println);
            System.exit(1);
        }
        for (String file : values(ways, "pid-file=")) {
            try {
                Files.createFile(Path.of(file));
            } catch (FileAlreadyExistsException e) {
                System.err.println("already running");
                System.exit(3);
            }
            Path.of(file).toFile().deleteOnExit();
        }
        values(ways, "says=").forEach(System.err::println);
        for (String file : values(ways, "after=")) {
            while (!Files.exists(Path.of(file))) {
                Thread.sleep(10);
            }
        }
        ServerSocket server = bound(port, ways);
        for (String also : values(ways, "also=")) {
            var second = new ServerSocket();
            second.setReuseAddress(ways.contains("also-reuse"));
            String[] at = also.split(":", 2);
            second.bind(new InetSocketAddress(
                    InetAddress.ofLiteral(at[0]), at.length > 1 ? Integer.parseInt(at[1]) : port));
            ALSO.add(second);
            Thread.ofPlatform().daemon().start(() -> greet(second));
        }
        if (values(ways, "ends-soon-after=").stream().anyMatch(file -> Files.exists(Path.of(file)))) {
            Thread.sleep(500);
            System.err.println("admin listener: Address already in use");
            System.exit(3);
        }
        if (values(ways, "mute-when=").stream().noneMatch(file -> Files.exists(Path.of(file)))) {
            System.out.println("serving");
        }
        while (true) {
            Socket accepted = server.accept();
            if (ways.contains("connections-without")) {
                accepted.setReuseAddress(false);
            }
            CONNECTIONS.add(accepted);
        }
    }

    /** A client of a further listener gets a byte, by which it knows that it is accepted. */
    private static void greet(ServerSocket listener) {
        try {
            while (true) {
                Socket accepted = listener.accept();
                CONNECTIONS.add(accepted);
                accepted.getOutputStream().write('+');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerSocket bound(int port, List<String> ways) throws IOException, InterruptedException {
        if (values(ways, "elsewhere-when=").stream().anyMatch(file -> Files.exists(Path.of(file)))) {
            return new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        }
        while (true) {
            var server = new ServerSocket();
            try {
                server.setReuseAddress(ways.contains("reuse"));
                if (ways.contains("reuse-port")) {
                    server.setOption(StandardSocketOptions.SO_REUSEPORT, true);
                }
                String address = values(ways, "at=").stream().findFirst().orElse("127.0.0.1");
                server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
                server.setReuseAddress(ways.contains("reuse") || ways.contains("reuse-too-late"));
                return server;
            } catch (BindException e) {
                server.close();
                if (ways.contains("silent")) {
                    System.exit(1);
                }
                if (ways.contains("moves-silently")) {
                    System.err.println("taking another port");
                    return new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
                }
                if (ways.contains("names-port")) {
                    System.err.println("port " + port + ": " + e.getMessage());
                    System.exit(1);
                }
                if (ways.contains("moves")) {
                    System.err.println("cannot bind, taking another port: " + e.getMessage());
                    return new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
                }
                if (!ways.contains("retries")) {
                    throw e;
                }
                System.err.println("cannot bind yet: " + e.getMessage());
                Thread.sleep(200);
            }
        }
    }

    private static List<String> values(List<String> ways, String name) {
        return ways.stream()
                .filter(way -> way.startsWith(name))
                .map(way -> way.substring(name.length()))
                .toList();
    }
}
