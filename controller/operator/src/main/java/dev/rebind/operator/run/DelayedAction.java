package dev.rebind.operator.run;

import java.time.Duration;

/** Runs an action later, unless it is cancelled before. */
@FunctionalInterface
interface DelayedAction {
    Pending after(Duration wait, Runnable action);

    /** A scheduled action. */
    @FunctionalInterface
    interface Pending {
        /** Cancels the action. An action that has begun is not undone, but its thread may be interrupted. */
        void cancel();
    }

    /** Runs each action on a virtual thread of its own, in real time. */
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
