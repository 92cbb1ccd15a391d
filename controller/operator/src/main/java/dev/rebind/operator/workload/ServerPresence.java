package dev.rebind.operator.workload;

/** Observes whether a pod has a bound server. Safe for several threads. */
public interface ServerPresence {
    /** Ignores the calls. */
    ServerPresence NOBODY = new ServerPresence() {
        @Override
        public void gone() {}

        @Override
        public void bound() {}
    };

    /** The pod no longer has a server. Callers may repeat this. */
    void gone();

    /** A generation is bound. */
    void bound();
}
