/** The sockets as the kernel's sock_diag netlink family shows them: {@code include/uapi/linux/inet_diag.h}, {@code net/ipv4/inet_diag.c}. */
@NullMarked
package dev.rebind.sockets.diag;

import org.jspecify.annotations.NullMarked;
