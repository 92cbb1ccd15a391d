package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.diagnosis.Question;
import dev.rebind.sockets.Reading;

/**
 * One look at the sockets around a port, taken right after a bind there has failed. Every conclusion about the failure uses this same look.
 * Calls block for milliseconds; safe for several threads.
 */
public final class FailureLook {
    private final Diagnoses diagnoses;
    private final Reading around;

    FailureLook(Diagnoses diagnoses, Reading around) {
        this.diagnoses = diagnoses;
        this.around = around;
    }

    /**
     * Whether the bind had to fail, by the kernel's rule and what is known of the sockets. False where one of the sockets is not known well
     * enough.
     */
    public boolean isBlocked(Question question) {
        return diagnoses.isBlocked(question, around);
    }

    /**
     * Says why a bind failed.
     *
     * @param question what the server asked the kernel for
     */
    public Explanation explain(Start.Failed failed, Question question) {
        return diagnoses.explain(failed, question, around);
    }
}
