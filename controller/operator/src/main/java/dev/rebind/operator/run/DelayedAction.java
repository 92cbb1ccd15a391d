package dev.rebind.operator.run;

import java.time.Duration;

/** Runs an action later, unless it is cancelled before. */
@FunctionalInterface
interface DelayedAction {
    Pending after(Duration wait, Runnable action);

    /** A scheduled action. */
    @FunctionalInterface
    interface Pending {
        /** Cancels the action; one that has begun continues. */
        void cancel();
    }

    /** Uses the clock and a thread of its own. */
    DelayedAction CLOCK = (wait, action) -> {
        Thread thread = Thread.ofVirtual().name("alarm").start(() -> {
            try {
                Thread.sleep(wait);
            } catch (InterruptedException e) {
                return;
            }
            action.run();
        });
        return thread::interrupt;
    };
}
