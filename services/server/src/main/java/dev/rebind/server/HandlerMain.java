package dev.rebind.server;

import dev.rebind.child.protocol.LineSplitter;
import dev.rebind.child.protocol.LineSplitter.Cut;
import dev.rebind.child.protocol.ProtocolLines;
import dev.rebind.server.listener.ServerSettings.Service;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that serves one connection, which is its standard input, as inetd hands it over. It ends when the connection does.
 * JDK only, so that it starts fast.
 */
public final class HandlerMain {
    private static final Duration GUARDIAN_TURN = Duration.ofMillis(100);
    private static final int PIECE_LINES = 512;

    private final SocketChannel connection;
    private final Service service;
    private final int generation;
    private boolean streaming;

    private HandlerMain(SocketChannel connection, Service service, int generation) {
        this.connection = connection;
        this.service = service;
        this.generation = generation;
    }

    /** @param arguments service; whether to read; generation; the pid without which to end, or "-" */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 4 || !(System.inheritedChannel() instanceof SocketChannel connection)) {
            System.err.println("This program is started by Rebind's server, with a connection as its standard input.");
            System.exit(ServerExitCode.USAGE);
            return;
        }
        watch(arguments[3]);
        if (!Boolean.parseBoolean(arguments[1])) {
            // Never reads, so never learns that the client is gone: ended with the server, or by the guardian's end.
            while (true) {
                LockSupport.park();
            }
        }
        var handler = new HandlerMain(connection, Service.valueOf(arguments[0]), Integer.parseInt(arguments[2]));
        handler.serve();
        // With the copy that the server holds the connection would stay open; the FIN is the socket's.
        handler.finish();
        System.exit(0);
    }

    private static void watch(String guardian) {
        if (guardian.equals("-")) {
            return;
        }
        Thread.ofPlatform().daemon().name("guardian").start(() -> {
            ProcessHandle process = ProcessHandle.of(Long.parseLong(guardian)).orElse(null);
            // By hand: ProcessHandle.onExit looks at a process that is not our child as rarely as every 5 s.
            while (process != null && process.isAlive()) {
                LockSupport.parkNanos(GUARDIAN_TURN.toNanos());
            }
            Runtime.getRuntime().halt(ServerExitCode.STOPPED);
        });
    }

    private void serve() {
        var lines = new LineSplitter();
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        try {
            while (connection.read(buffer) >= 0) {
                byte[] bytes = new byte[buffer.flip().remaining()];
                buffer.get(bytes).clear();
                switch (lines.add(bytes)) {
                    case Cut.Lines cut -> heard(cut.lines());
                    case Cut.TooLong _ -> {
                        return;
                    }
                }
            }
        } catch (IOException ended) {
            // Reset by the client, or the server has sent the FIN in our place.
        }
    }

    private void heard(List<String> lines) throws IOException {
        for (String line : lines) {
            switch (service) {
                case echo -> write(ByteBuffer.wrap(bytes(ProtocolLines.answer(generation, line) + "\n")));
                case stream -> {
                    if (!streaming && line.startsWith(ProtocolLines.CLIENT)) {
                        streaming = true;
                        // Apart from reading, so that the client's FIN is seen.
                        Thread.ofPlatform()
                                .daemon()
                                .name("stream")
                                .start(() -> stream(line.endsWith(ProtocolLines.WHICH)));
                    }
                }
            }
        }
    }

    private void stream(boolean banner) {
        byte[] piece = bytes((ProtocolLines.SERVER + "\n").repeat(PIECE_LINES));
        try {
            if (banner) {
                write(ByteBuffer.wrap(bytes(ProtocolLines.banner(generation) + "\n")));
            }
            while (true) {
                write(ByteBuffer.wrap(piece));
            }
        } catch (IOException ended) {
            System.exit(0);
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void finish() {
        try {
            connection.shutdownOutput();
        } catch (IOException gone) {
            // By a reset: there is no other side to send a FIN to.
        }
    }
}
