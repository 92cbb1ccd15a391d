package dev.rebind.sockets.owners;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/** Work on a long list, each part of it by a thread of its own. For questions to the kernel that wait for no one. */
final class Parts {
    private static final int MOST = 4;

    private Parts() {}

    /**
     * What comes of each part, in the order of the list. The first part is done by the calling thread, and so is one for which the
     * system gives no thread. An interrupt is kept for the caller, and shortens nothing.
     *
     * @param least elements of a part: a shorter list is not worth a thread
     */
    static <T, R> List<R> of(List<T> all, int least, Function<List<T>, R> work) {
        int parts = Math.clamp(
                all.size() / least, 1, Math.min(MOST, Runtime.getRuntime().availableProcessors()));
        var tasks = new ArrayList<FutureTask<R>>();
        for (int part = 0; part < parts; part++) {
            List<T> some = all.subList(all.size() * part / parts, all.size() * (part + 1) / parts);
            tasks.add(new FutureTask<>(() -> work.apply(some)));
        }
        tasks.stream().skip(1).forEach(Parts::start);
        tasks.getFirst().run();
        return tasks.stream().map(Parts::done).toList();
    }

    private static void start(FutureTask<?> task) {
        try {
            Thread.ofPlatform().daemon().name("rebind-owners").start(task);
        } catch (OutOfMemoryError e) {
            // "unable to create native thread": a limit of processes or memory.
            task.run();
        }
    }

    private static <R> R done(FutureTask<R> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
