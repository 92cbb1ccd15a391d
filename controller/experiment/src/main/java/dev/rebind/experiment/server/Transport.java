package dev.rebind.experiment.server;

/** Vert.x's ways to the kernel's sockets. */
public enum Transport {
    nio,
    epoll,
    io_uring
}
