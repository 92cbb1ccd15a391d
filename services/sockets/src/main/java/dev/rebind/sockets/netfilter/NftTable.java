package dev.rebind.sockets.netfilter;

/** A table of nftables: one name may stand for a table of each family. */
public record NftTable(NftChain.Family family, String name) {}
