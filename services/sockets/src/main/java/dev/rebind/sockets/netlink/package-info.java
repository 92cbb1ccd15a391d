/** Requests to the kernel over netlink, and its answers: netlink(7). */
@NullMarked
package dev.rebind.sockets.netlink;

import org.jspecify.annotations.NullMarked;
