/** Programs of the system that know what the kernel tells in no file: iptables-save, nft, systemctl. */
@NullMarked
package dev.rebind.diagnosis.programs;

import org.jspecify.annotations.NullMarked;
