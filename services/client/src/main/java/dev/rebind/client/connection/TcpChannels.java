package dev.rebind.client.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

/** The TCP connections under the connections of a protocol. */
final class TcpChannels {
    private TcpChannels() {}

    /** Whether the client has met itself: the kernel gave it the server's own port while nobody listened there. */
    static boolean isConnectedToItself(Channel channel) {
        return channel.localAddress() != null && channel.localAddress().equals(channel.remoteAddress());
    }

    /** Ends the connection by a reset. */
    static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        // Not through the pipeline, whose handlers would flush or say goodbye first.
        channel.unsafe().close(channel.unsafe().voidPromise());
    }
}
