/** System calls on sockets, made through FFM: each failure with its errno and the name of the call. Linux only. */
@NullMarked
package dev.rebind.sockets.posix;

import org.jspecify.annotations.NullMarked;
