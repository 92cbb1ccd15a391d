package dev.rebind.operator.run;

import dev.rebind.operator.resource.RebindExperiment;
import org.jspecify.annotations.Nullable;

/** A controller that dies at one of the moments before and after what it does outside of itself, and does nothing from then on. */
final class Mortality {
    private int left;
    private boolean dead;

    /** No test catches it, and neither does the code: nothing after a death is an answer to it. */
    static final class Death extends Error {
        private static final long serialVersionUID = 1;

        Death() {
            super("the controller died");
        }
    }

    /** @param moments how many of them are outlived */
    Mortality(int moments) {
        left = moments;
    }

    static Mortality immortal() {
        return new Mortality(Integer.MAX_VALUE);
    }

    synchronized boolean dead() {
        return dead;
    }

    /** One of the moments. */
    synchronized void moment() {
        dead = dead || left-- == 0;
        if (dead) {
            throw new Death();
        }
    }

    /** What reaches the outside only while it is alive. */
    void act(Runnable action) {
        moment();
        action.run();
        moment();
    }

    ExperimentApi api(ExperimentApi api) {
        return new ExperimentApi() {
            @Override
            public RebindExperiment writeStatus(RebindExperiment resource) {
                moment();
                RebindExperiment written = api.writeStatus(resource);
                moment();
                return written;
            }

            @Override
            public @Nullable RebindExperiment read(String namespace, String name) {
                return api.read(namespace, name);
            }
        };
    }
}
