package dev.rebind.client.connection;

import dev.rebind.child.DelegatingTransport;
import dev.rebind.child.TransportKind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.vertx.core.impl.transports.NioTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * NIO whose next connection comes from a given local port, or whose channel is shown: Vert.x can be told a local address, but no
 * port, and keeps the channel of an HTTP connection to itself. No connection of it is one to itself ({@link RefusingChannel}).
 */
final class BoundTransport extends DelegatingTransport {
    private final boolean reuseAddress;
    private @Nullable InetSocketAddress next;
    private @Nullable Consumer<Channel> watcher;

    BoundTransport(boolean reuseAddress) {
        super(TransportKind.nio.name(), NioTransport.INSTANCE);
        this.reuseAddress = reuseAddress;
    }

    /** As {@link #bindNext}: is told the channel of the next connection as soon as it is made. */
    void watchNext(Consumer<Channel> seen) {
        watcher = seen;
    }

    /** On the event loop, for the channel that Vert.x makes next: in the call that asks for a connection, or with TLS later. */
    void bindNext(InetSocketAddress local) {
        next = local;
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        InetSocketAddress local = next;
        Consumer<Channel> seen = watcher;
        next = null;
        watcher = null;
        ChannelFactory<? extends Channel> factory = local == null ? RefusingChannel::new : () -> bound(local);
        return seen == null ? factory : () -> watched(factory.newChannel(), seen);
    }

    private static Channel watched(Channel channel, Consumer<Channel> seen) {
        seen.accept(channel);
        return channel;
    }

    private Channel bound(InetSocketAddress local) {
        try {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, reuseAddress);
                channel.bind(local);
                return new RefusingChannel(channel);
            } catch (IOException | RuntimeException failed) {
                channel.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new ChannelException(failed);
        }
    }
}
