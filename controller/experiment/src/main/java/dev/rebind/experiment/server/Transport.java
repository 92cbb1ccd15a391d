package dev.rebind.experiment.server;

/** Vert.x transports: its ways to use the kernel's sockets. */
public enum Transport {
    nio,
    epoll,
    io_uring
}
