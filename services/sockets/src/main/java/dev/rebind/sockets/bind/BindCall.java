package dev.rebind.sockets.bind;

/** The calls that ask for the port; both end in inet_csk_get_port ({@code net/ipv4/inet_connection_sock.c}). */
public enum BindCall {
    /** {@code bind(2)}. */
    BIND,
    /** {@code listen(2)}: inet_csk_listen_start asks again, as a socket in LISTEN. */
    LISTEN
}
