package dev.rebind.operator.run;

import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.workload.FakeDeployment;
import org.jspecify.annotations.Nullable;

/** A controller that dies at one of the moments before and after what it does outside of itself, and does nothing from then on. */
final class Mortality implements FakeDeployment.Moments {
    private int left;
    private boolean dead;
    private int passed;

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

    @Override
    public synchronized boolean dead() {
        return dead;
    }

    /** How many moments it has lived through. */
    synchronized int passed() {
        return passed;
    }

    @Override
    public synchronized void moment() {
        mark();
        alive();
    }

    @Override
    public synchronized void mark() {
        dead = dead || left-- == 0;
        passed += dead ? 0 : 1;
    }

    @Override
    public synchronized void alive() {
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
