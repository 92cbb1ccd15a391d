/** What the kernel itself says of the rules of netfilter: nftables by netlink, iptables-legacy by {@code /proc}. */
@NullMarked
package dev.rebind.sockets.netfilter;

import org.jspecify.annotations.NullMarked;
