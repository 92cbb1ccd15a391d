package dev.rebind.live.http;

import dev.rebind.live.Experiments;
import dev.rebind.live.Experiments.One;
import dev.rebind.live.Experiments.UnavailableException;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes handlers that may block, for example on files, the API server or an agent. Each request runs on its own virtual thread. The thread
 * is interrupted when the caller closes its connection and at {@link #close}.
 */
final class BlockingHandlers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockingHandlers.class);

    /** How long {@link #close} waits for threads that do not end when interrupted. */
    private static final long ENDING_SECONDS = 3;

    private final Experiments experiments;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

    BlockingHandlers(Experiments experiments) {
        this.experiments = experiments;
    }

    interface Work {
        void answer(RoutingContext context)
                throws UnavailableException, IOException, InterruptedException, BadParameterException;
    }

    interface WorkOnOne {
        void answer(RoutingContext context, One one)
                throws UnavailableException, IOException, InterruptedException, BadParameterException;
    }

    Handler<RoutingContext> of(Work work) {
        return context -> {
            var task = new FutureTask<@Nullable Void>(() -> run(context, work), null);
            context.response().closeHandler(_ -> task.cancel(true));
            try {
                workers.execute(task);
            } catch (RejectedExecutionException _) {
                Responses.text(context, 503, "this process is ending");
            }
        };
    }

    /** Makes a handler for a route under {@link ExperimentRoutes#ONE}. It answers with 404 if the experiment does not exist. */
    Handler<RoutingContext> ofOne(WorkOnOne work) {
        return of(context -> {
            String namespace = Parameters.path(context, "namespace");
            String name = Parameters.path(context, "name");
            Optional<One> found = experiments.find(namespace, name);
            if (found.isEmpty()) {
                Responses.text(context, 404, "there is no experiment " + Responses.shown(namespace + "/" + name));
            } else {
                work.answer(context, found.get());
            }
        });
    }

    private static void run(RoutingContext context, Work work) {
        try {
            work.answer(context);
        } catch (BadParameterException e) {
            Responses.text(context, 400, String.valueOf(e.getMessage()));
        } catch (UnavailableException e) {
            Responses.text(context, 503, String.valueOf(e.getMessage()));
        } catch (InterruptedException | CancellationException _) {
            context.response().reset();
        } catch (IOException e) {
            ErrorAnswers.broken(context, "the records cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            if (context.response().closed()) {
                // The caller is gone, and its work was interrupted.
                return;
            }
            ErrorAnswers.broken(context, "an error in Rebind itself: " + e, e);
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
        try {
            if (!workers.awaitTermination(ENDING_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("work for HTTP requests goes on after {} s; it is left behind", ENDING_SECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
