package dev.rebind.child;

import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.spi.transport.Transport;
import org.jspecify.annotations.Nullable;

/** The ways of Vert.x to do network I/O that run on Linux. */
public enum TransportKind {
    /** {@code java.nio}; everywhere. Ignores SO_REUSEPORT. */
    nio,
    /** Netty's native epoll transport. */
    epoll,
    /** Netty's native io_uring transport. Containers and sysctl kernel.io_uring_disabled often forbid it. */
    io_uring;

    /** What came of asking for a transport. */
    public sealed interface Availability {
        record Available(Transport transport) implements Availability {}

        /** @param why for people */
        record Unavailable(String why) implements Availability {}
    }

    /**
     * Loads the transport's native part where it has one. {@code nio} is taken past {@link io.vertx.core.transport.Transport}: the
     * mere mention of one of that class's constants unpacks and loads the native parts of all transports.
     */
    public Availability load() {
        return switch (this) {
            case nio -> new Availability.Available(NioTransport.INSTANCE);
            case epoll -> checked(io.vertx.core.transport.Transport.EPOLL);
            case io_uring -> checked(io.vertx.core.transport.Transport.IO_URING);
        };
    }

    private static Availability checked(io.vertx.core.transport.@Nullable Transport transport) {
        if (transport == null) {
            return new Availability.Unavailable("its library is not on the class path");
        }
        if (!transport.available()) {
            Throwable cause = transport.unavailabilityCause();
            while (cause != null && cause.getCause() != null) {
                cause = cause.getCause();
            }
            return new Availability.Unavailable(cause == null ? "Netty does not say why" : String.valueOf(cause));
        }
        return new Availability.Available(transport.implementation());
    }
}
