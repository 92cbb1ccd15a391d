package dev.rebind.e2e;

import java.time.Duration;

/**
 * How a check went.
 *
 * @param seen what was seen, why it failed, or why it was skipped
 */
record Result(String check, Kind kind, Duration took, String seen) {
    enum Kind {
        passed,
        failed,
        skipped
    }

    String firstLine() {
        return seen.lines().findFirst().orElse("");
    }
}
