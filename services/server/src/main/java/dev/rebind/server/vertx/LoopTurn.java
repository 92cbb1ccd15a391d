package dev.rebind.server.vertx;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.concurrent.CompletableFuture;

/**
 * Waits until an event loop has been through its I/O once more. Netty calls a channel closed before its descriptor is: on NIO
 * the JDK closes a registered channel's descriptor only when its selector selects again
 * (ServerSocketChannelImpl.implCloseNonBlockingMode), on io_uring the close is an entry of the ring that is still to be
 * submitted. Until then the port is taken.
 */
final class LoopTurn {
    private LoopTurn() {}

    /** Completes in an iteration of the loop that began after the call. At once when the loop has ended. */
    static CompletableFuture<Void> after(EventLoop loop) {
        var turned = new CompletableFuture<Void>();
        if (loop.isShuttingDown() || !(loop instanceof SingleThreadEventLoop single)) {
            turned.complete(null);
            return turned;
        }
        // At the end of the present iteration, behind all its tasks, a task is put in for the next; that one starts
        // with I/O.
        single.executeAfterEventLoopIteration(() -> single.execute(() -> turned.complete(null)));
        return turned;
    }
}
