package dev.rebind.server.vertx;

import dev.rebind.child.protocol.LineSplitter;
import dev.rebind.child.protocol.LineSplitter.Cut;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.server.listener.ServerSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import java.io.IOException;

/** One accepted connection. All but {@link #end} runs on its event loop. */
final class AcceptedConnection {
    private final NetSocketInternal socket;
    private final ChannelHandlerContext context;
    private final ServerSettings settings;
    private final LineSplitter lines = new LineSplitter();
    private final Speaker speaker;
    private boolean ending;

    AcceptedConnection(NetSocketInternal socket, ServerSettings settings) {
        this.socket = socket;
        this.context = socket.channelHandlerContext();
        this.settings = settings;
        this.speaker = switch (settings.service()) {
            case echo -> new EchoSpeaker(socket, settings.generation());
            case stream -> new StreamSpeaker(socket, settings.generation());
        };
    }

    Channel channel() {
        return context.channel();
    }

    void serve() {
        if (settings.reading()) {
            socket.handler(this::read);
        } else {
            // Not NetSocket.pause(): that lets Vert.x read some buffers ahead, and what it has read is no unread data.
            channel().config().setAutoRead(false);
        }
        // A reset by the client is no event for a server's log; without a handler Vert.x writes a stack trace.
        socket.exceptionHandler(failure -> {});
    }

    private void read(Buffer buffer) {
        if (ending) {
            return;
        }
        switch (lines.add(buffer.getBytes())) {
            case Cut.Lines cut -> cut.lines().forEach(speaker::heard);
            case Cut.TooLong _ -> end(StopWay.reset);
        }
    }

    /** Ends the connection as told; from any thread. */
    void end(StopWay way) {
        switch (way) {
            case close -> channel().eventLoop().execute(this::finish);
            case reset -> channel().eventLoop().execute(this::reset);
            // Killed, it does nothing more itself.
            case keep, kill -> {}
        }
    }

    /** Closes the descriptor, whatever is unsent or unread; from any thread. */
    void cut() {
        channel().eventLoop().execute(() -> {
            ending = true;
            speaker.fallSilent();
            var _ = context.close();
        });
    }

    /**
     * Sends a FIN and goes on reading until the client's FIN comes, on which Netty closes. What Netty has not written yet is
     * dropped: it waits for a client that does not read.
     */
    private void finish() {
        if (!settings.reading()) {
            cut();
            return;
        }
        ending = true;
        speaker.fallSilent();
        socket.resume();
        try {
            shutDownOutput(channel());
        } catch (IOException gone) {
            cut();
        }
    }

    private static void shutDownOutput(Channel channel) throws IOException {
        if (channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
            // The bare call: with a write under way, Netty's own loses track of it on io_uring and never closes then.
            socket.shutdown(false, true);
        } else if (channel instanceof DuplexChannel duplex && !duplex.isOutputShutdown()) {
            var _ = duplex.shutdownOutput();
        }
    }

    private void reset() {
        ending = true;
        speaker.fallSilent();
        if (channel().isOpen()) {
            channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        // From this context on, past Vert.x' handler: that would wait until what is queued for a stalled client is
        // flushed.
        var _ = context.close();
    }
}
