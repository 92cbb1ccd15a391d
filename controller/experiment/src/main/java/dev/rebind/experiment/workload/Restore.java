package dev.rebind.experiment.workload;

import com.fasterxml.jackson.annotation.JsonProperty;

/** When the last container of an experiment has the former value of a toggle again. */
public enum Restore {
    /** It is restarted for it. */
    now,
    /** When it is started next, whoever starts it. */
    @JsonProperty("next-start")
    next_start
}
