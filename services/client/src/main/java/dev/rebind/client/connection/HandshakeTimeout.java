package dev.rebind.client.connection;

import io.netty.channel.ConnectTimeoutException;

/** The connection of TCP was made, and the handshake of TLS or HTTP/2 on it did not end in time. */
final class HandshakeTimeout extends ConnectTimeoutException {
    private static final long serialVersionUID = 1;

    HandshakeTimeout() {
        super("the handshake did not end in time");
    }
}
