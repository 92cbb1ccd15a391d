package dev.rebind.sockets;

import java.util.Optional;

/**
 * A UDP socket that is bound to a port. UDP and TCP ports are apart: it keeps no TCP server from binding, and tells that the
 * other protocol of a service (QUIC, DNS) has its port.
 *
 * @param peer the far end of a connected socket; empty for one that takes datagrams from anybody
 * @param uid the owner's user id
 * @param inode the socket's inode
 */
public record UdpSocket(Family family, Endpoint local, Optional<Endpoint> peer, long uid, long inode) {}
