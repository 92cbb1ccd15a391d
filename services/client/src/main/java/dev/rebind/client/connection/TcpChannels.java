package dev.rebind.client.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

/** The TCP connections under the connections of a protocol. */
final class TcpChannels {
    private TcpChannels() {}

    /** Ends the connection by a reset. */
    static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        // Not through the pipeline, whose handlers would flush or say goodbye first.
        channel.unsafe().close(channel.unsafe().voidPromise());
    }
}
