/** The kernel's view of a TCP port: which sockets stand on it, in which state, for how long, and whether a bind would pass them. */
@NullMarked
package dev.rebind.sockets;

import org.jspecify.annotations.NullMarked;
