package dev.rebind.diagnosis.examples;

import dev.rebind.diagnosis.BindFailure;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;

/** On Netty, with any of its transports. */
final class NettyServer {
    private NettyServer() {}

    /** Blocks until it listens. */
    static Channel listen(EventLoopGroup group, Class<? extends ServerChannel> transport, InetSocketAddress address) {
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(transport)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IllegalStateException(
                    BindFailure.explain(bound.cause(), address).text(), bound.cause());
        }
        return bound.channel();
    }
}
