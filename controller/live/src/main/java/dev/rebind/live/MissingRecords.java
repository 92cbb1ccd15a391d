package dev.rebind.live;

import dev.rebind.live.ApiJson.Overview;
import dev.rebind.live.Experiments.One;
import java.util.Optional;

/**
 * Records that an experiment has counted and that are not stored any more. A record is stored before it is counted, so that fewer
 * stored ones than counted ones are lost ones, whether the experiment runs or not.
 */
public final class MissingRecords {
    private MissingRecords() {}

    /**
     * What is missing, why, and what there is instead; empty where all are there.
     *
     * @param stored how many records are stored
     */
    public static Optional<String> of(One one, long stored) {
        Overview overview = one.overview();
        int counted = overview.counts().done();
        if (stored >= counted) {
            return Optional.empty();
        }
        String verdict = overview.verdict() == null ? "" : ", verdict " + overview.verdict();
        return Optional.of("The experiment is " + overview.phase() + verdict + ", and has counted "
                + (counted == 1 ? "1 cycle, whose record is not stored here any more" : counted + " cycles")
                + (counted == 1
                        ? ""
                        : stored == 0
                                ? ", of whose records none is stored here any more"
                                : ", of whose records only " + stored + (stored == 1 ? " is" : " are") + " stored here")
                + ". " + one.whereRecordsAre());
    }

    /** Why there is nothing to make a report from, where none is missing. */
    static String none(Overview overview) {
        return overview.phase().isOver()
                ? "The experiment is " + overview.phase() + ", and no cycle of it has a record."
                        + (overview.message() == null ? "" : " It says: " + overview.message())
                : "there is no record yet to make it from";
    }
}
