package dev.rebind.child;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.concurrent.CompletableFuture;

/**
 * Waits until an event loop has been through its I/O once more.
 *
 * <p>What the kernel knows before that, a process does not: a reset that has come is seen when the loop selects, and a task that
 * was queued before may run first.
 *
 * <p>What Netty says has been done, the kernel may not have: Netty calls a channel closed before its descriptor is: on NIO
 * the JDK closes a registered channel's descriptor only when its selector selects again
 * (ServerSocketChannelImpl.implCloseNonBlockingMode), on io_uring the close is an entry of the ring that is still to be
 * submitted. Until then the port is taken.
 */
public final class LoopTurn {
    private LoopTurn() {}

    /** Completes on the loop, in an iteration that began after the call. At once, here, when the loop has ended. Any thread. */
    public static CompletableFuture<Void> after(EventLoop loop) {
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
