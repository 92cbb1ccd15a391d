package dev.rebind.server.process;

import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.posix.Spawn;
import java.util.concurrent.CompletableFuture;

/** A process that serves one connection, and the server's copy of that connection. Safe for several threads. */
final class HandlerProcess {
    private final PosixSocket connection;
    private final Spawn.Child child;
    private final CompletableFuture<Void> ended;

    private HandlerProcess(PosixSocket connection, Spawn.Child child) {
        this.connection = connection;
        this.child = child;
        this.ended = child.exit().handle((_, _) -> {
            // Only now is the connection closed for the kernel: the handler's copy is, and this was the other.
            letGo();
            return null;
        });
    }

    static HandlerProcess start(PosixSocket connection, HandlerCommand command) throws PosixException {
        return new HandlerProcess(connection, Spawn.withSocket(connection.fd(), command.line(), System.getenv()));
    }

    /** Completes when the process has ended and the connection is closed. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Sends a FIN; the handler ends when the client has sent its own, or on its next write. */
    synchronized void finish() {
        if (connection.fd() >= 0) {
            try {
                connection.shutdownOutput();
            } catch (PosixException gone) {
                cut();
            }
        }
    }

    /** Resets the connection. */
    synchronized void reset() {
        if (connection.fd() >= 0) {
            try {
                connection.resetOnClose();
            } catch (PosixException gone) {
                // Closed from the other side meanwhile; ending the process is all that is left.
            }
            cut();
        }
    }

    /** Ends the process; the kernel closes the connection. */
    void cut() {
        ProcessHandle.of(child.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Closes the server's copy: the connection is the handler's alone. */
    synchronized void letGo() {
        connection.close();
    }
}
