package dev.rebind.server.vertx;

import dev.rebind.child.DelegatingTransport;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.vertx.core.spi.transport.Transport;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A transport that remembers the channel of the listener that was made last. Vert.x does not hand it out, and closing a NetServer
 * ends its connections too; Rebind has to close the one without the other, and to know when it is really gone.
 */
final class TappedTransport extends DelegatingTransport {
    private final AtomicReference<@Nullable ServerChannel> listener = new AtomicReference<>();

    TappedTransport(String name, Transport inner) {
        super(name, inner);
    }

    /** The listener's channel, bound or not; null when none was made. */
    @Nullable
    ServerChannel listener() {
        return listener.get();
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        ChannelFactory<? extends ServerChannel> factory = super.serverChannelFactory(domainSocket);
        return () -> {
            ServerChannel channel = factory.newChannel();
            listener.set(channel);
            return channel;
        };
    }
}
