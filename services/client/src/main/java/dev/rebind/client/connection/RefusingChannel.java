package dev.rebind.client.connection;

import io.netty.channel.nio.NioIoOps;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is never one to itself. While nobody listens on a port of {@code ip_local_port_range}, the kernel may give a client
 * that very port, and connects it to itself then. It would have the port, so that the server that is to come could not bind it. On one
 * machine the handshake is over when connect(2) returns: the look comes right after that call, not with the event loop's next turn, and
 * the port is taken for microseconds. A close that is no reset would leave a TIME_WAIT in the server's way.
 */
final class RefusingChannel extends NioSocketChannel {
    RefusingChannel() {}

    RefusingChannel(SocketChannel bound) {
        super(bound);
    }

    @Override
    protected boolean doConnect(SocketAddress remote, @Nullable SocketAddress local) throws Exception {
        boolean connected = super.doConnect(remote, local);
        if (!connected && isOver()) {
            removeAndSubmit(NioIoOps.CONNECT);
            connected = true;
        }
        if (connected && isWithItself()) {
            SelectionKey key = registration().attachment();
            reset();
            // A channel with a key is closed by the selector's next turn, which may be far. Nothing is taken from that
            // turn.
            key.selector().selectNow(_ -> {});
            throw new SelfConnection();
        }
        return connected;
    }

    @Override
    protected void doFinishConnect() throws Exception {
        super.doFinishConnect();
        if (isWithItself()) {
            reset();
            throw new SelfConnection();
        }
    }

    private boolean isOver() throws Exception {
        boolean looked = false;
        try {
            boolean over = javaChannel().finishConnect();
            looked = true;
            return over;
        } finally {
            if (!looked) {
                doClose();
            }
        }
    }

    private boolean isWithItself() throws IOException {
        SocketAddress local = javaChannel().getLocalAddress();
        return local != null && local.equals(javaChannel().getRemoteAddress());
    }

    private void reset() throws Exception {
        try {
            javaChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException gone) {
            // It has been closed meanwhile, which is what is wanted.
        }
        doClose();
    }
}
