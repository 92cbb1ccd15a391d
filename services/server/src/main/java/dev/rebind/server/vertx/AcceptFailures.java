package dev.rebind.server.vertx;

import dev.rebind.child.IoFailure;
import dev.rebind.sockets.posix.DescriptorLimit;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says on standard error why connections cannot be accepted, once for each reason. Netty itself waits for a second and tries again;
 * meanwhile clients are in the listener's queue. On the listener's event loop.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private final Set<@Nullable String> said = new HashSet<>();

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (said.add(IoFailure.of(failure).errno())) {
            System.err.println("The server cannot accept connections: " + DescriptorLimit.inMessage(failure)
                    + ". It tries again every second.");
        }
    }
}
