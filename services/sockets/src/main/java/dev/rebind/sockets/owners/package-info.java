/** Which processes hold a socket, and what is known of them: all from {@code /proc}, nothing guessed. Linux only. */
@NullMarked
package dev.rebind.sockets.owners;

import org.jspecify.annotations.NullMarked;
