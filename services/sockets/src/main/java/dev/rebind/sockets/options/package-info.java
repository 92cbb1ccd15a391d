/** The options of a socket that another process holds, asked of the socket itself. Linux only; nothing is disturbed. */
@NullMarked
package dev.rebind.sockets.options;

import org.jspecify.annotations.NullMarked;
