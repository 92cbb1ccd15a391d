/** When a leftover socket goes away: its timer, rounded up to the kernel's timer wheel. */
@NullMarked
package dev.rebind.sockets.release;

import org.jspecify.annotations.NullMarked;
