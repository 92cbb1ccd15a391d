package dev.rebind.server.vertx;

import dev.rebind.child.protocol.ProtocolLines;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import java.nio.charset.StandardCharsets;

/**
 * Writes without end, as fast as the client reads: when the queue is full it waits for it to drain, so that a client that does not
 * read costs no more memory than the queue, 64 KiB and one piece.
 */
final class StreamSpeaker implements Speaker {
    /** Lines in one write. Fewer, and most of the time goes into system calls. */
    private static final int LINES = 512;

    /** Writes in one turn of the event loop: a fast client must not keep the loop from its other connections. */
    private static final int WRITES = 8;

    private static final byte[] PIECE =
            (ProtocolLines.SERVER + "\n").repeat(LINES).getBytes(StandardCharsets.UTF_8);

    private final NetSocketInternal socket;
    private final int generation;
    private boolean speaking;
    private boolean silent;

    StreamSpeaker(NetSocketInternal socket, int generation) {
        this.socket = socket;
        this.generation = generation;
    }

    @Override
    public void heard(String line) {
        if (speaking || silent || !line.startsWith(ProtocolLines.CLIENT)) {
            return;
        }
        speaking = true;
        if (line.endsWith(ProtocolLines.WHICH)) {
            socket.write(ProtocolLines.banner(generation) + "\n");
        }
        socket.drainHandler(_ -> speak());
        speak();
    }

    private void speak() {
        for (int writes = 0; writes < WRITES; writes++) {
            if (silent || !socket.channelHandlerContext().channel().isActive()) {
                return;
            }
            if (socket.writeQueueFull()) {
                // Drained: called again.
                return;
            }
            socket.write(Buffer.buffer(PIECE));
        }
        socket.channelHandlerContext().executor().execute(this::speak);
    }

    @Override
    public void fallSilent() {
        silent = true;
    }
}
