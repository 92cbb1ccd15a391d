package dev.rebind.operator.run;

import java.time.Duration;

/** Does something later, unless it is taken back before. */
@FunctionalInterface
interface Alarm {
    Pending after(Duration wait, Runnable action);

    /** What is to be done later. */
    @FunctionalInterface
    interface Pending {
        /** An action that has begun goes on. */
        void cancel();
    }

    /** By the clock, on a thread of its own. */
    Alarm CLOCK = (wait, action) -> {
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
