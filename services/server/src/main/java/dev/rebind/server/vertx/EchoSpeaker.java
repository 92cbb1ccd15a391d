package dev.rebind.server.vertx;

import dev.rebind.child.protocol.ProtocolLines;
import io.vertx.core.internal.net.NetSocketInternal;

/** Answers every line; does not read on while the client does not read its answers. */
final class EchoSpeaker implements Speaker {
    private final NetSocketInternal socket;
    private final int generation;
    private boolean silent;

    EchoSpeaker(NetSocketInternal socket, int generation) {
        this.socket = socket;
        this.generation = generation;
        socket.drainHandler(_ -> socket.resume());
    }

    @Override
    public void heard(String line) {
        if (silent) {
            return;
        }
        socket.write(ProtocolLines.answer(generation, line) + "\n");
        if (socket.writeQueueFull()) {
            socket.pause();
        }
    }

    @Override
    public void fallSilent() {
        silent = true;
    }
}
