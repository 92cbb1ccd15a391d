package dev.rebind.child;

import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/** A Vert.x with nothing that a child does not need: it starts fast and stays small. */
public final class LeanVertx {
    private LeanVertx() {}

    /** One event loop, daemon threads, no file cache; the caller adds the transport, or metrics to the options. */
    public static VertxBuilder builder(VertxOptions options) {
        return Vertx.builder()
                .with(options.setEventLoopPoolSize(1)
                        .setWorkerPoolSize(1)
                        .setInternalBlockingPoolSize(1)
                        .setUseDaemonThread(true)
                        .setFileSystemOptions(new FileSystemOptions()
                                .setClassPathResolvingEnabled(false)
                                .setFileCachingEnabled(false)));
    }
}
