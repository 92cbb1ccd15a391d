package dev.rebind.live;

import dev.rebind.live.ApiJson.Overview;
import dev.rebind.live.Experiments.One;
import java.util.Optional;

/**
 * Describes records that were lost. A record is stored before its cycle is counted. So if fewer records are stored than cycles are counted,
 * the difference is lost, whether the experiment still runs or not.
 */
public final class MissingRecords {
    private MissingRecords() {}

    /**
     * Tells how many records are missing and where records can be found; empty if none is missing.
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

    /** Tells why an experiment has no record although none is missing. */
    static String none(Overview overview) {
        return overview.phase().isOver()
                ? "The experiment is " + overview.phase() + ", and no cycle of it has a record."
                        + (overview.message() == null ? "" : " It says: " + overview.message())
                : "there is no record yet to make it from";
    }
}
