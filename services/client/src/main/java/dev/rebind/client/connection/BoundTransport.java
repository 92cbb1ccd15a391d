package dev.rebind.client.connection;

import dev.rebind.child.DelegatingTransport;
import dev.rebind.child.TransportKind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.impl.transports.NioTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** NIO whose next connection comes from a given local port: Vert.x can be told a local address, but no port. */
final class BoundTransport extends DelegatingTransport {
    private final boolean reuseAddress;
    private @Nullable InetSocketAddress next;

    BoundTransport(boolean reuseAddress) {
        super(TransportKind.nio.name(), NioTransport.INSTANCE);
        this.reuseAddress = reuseAddress;
    }

    /** On the event loop, right before the connection is asked for: Vert.x makes its channel in that very call. */
    void bindNext(InetSocketAddress local) {
        next = local;
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        InetSocketAddress local = next;
        next = null;
        return local == null ? super.channelFactory(domainSocket) : () -> bound(local);
    }

    private Channel bound(InetSocketAddress local) {
        try {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, reuseAddress);
                channel.bind(local);
                return new NioSocketChannel(channel);
            } catch (IOException | RuntimeException failed) {
                channel.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new ChannelException(failed);
        }
    }
}
