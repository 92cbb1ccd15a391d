/** The rules that translate addresses, from what iptables-save and nft print. */
@NullMarked
package dev.rebind.diagnosis.nat;

import org.jspecify.annotations.NullMarked;
