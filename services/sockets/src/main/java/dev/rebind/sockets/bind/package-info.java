/** The kernel's rule for bind and listen, as a pure function: {@code net/ipv4/inet_connection_sock.c}, Linux 6.x. */
@NullMarked
package dev.rebind.sockets.bind;

import org.jspecify.annotations.NullMarked;
