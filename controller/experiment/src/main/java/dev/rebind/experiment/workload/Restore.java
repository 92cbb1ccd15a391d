package dev.rebind.experiment.workload;

import com.fasterxml.jackson.annotation.JsonProperty;

/** When the last container of an experiment gets the former value of the toggle back. */
public enum Restore {
    /** At once: the controller restarts the container for it. */
    now,
    /** At the container's next start, whoever starts it. */
    @JsonProperty("next-start")
    next_start
}
