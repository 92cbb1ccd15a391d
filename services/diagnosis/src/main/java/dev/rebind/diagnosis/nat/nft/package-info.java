/** The rules of nftables as steps, from the JSON of nft, and what the kernel tells of them where there is no nft. */
@NullMarked
package dev.rebind.diagnosis.nat.nft;

import org.jspecify.annotations.NullMarked;
