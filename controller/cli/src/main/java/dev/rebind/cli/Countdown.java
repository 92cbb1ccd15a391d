package dev.rebind.cli;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.report.terminal.Terminal;
import dev.rebind.report.terminal.Waiting;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** Counts down, on one line below an answer, until the port is free. It writes only on a terminal. */
final class Countdown {
    private final PrintWriter out;
    private final boolean terminal;
    private boolean shown;

    Countdown(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Shows the countdown; shows nothing where the end is not known. */
    void show(Diagnosis diagnosis) {
        waiting(diagnosis).filter(_ -> terminal).ifPresent(waiting -> {
            out.print(Terminal.OVER + waiting.text(Instant.now(), ZoneId.systemDefault()));
            out.flush();
            shown = true;
        });
    }

    void clear() {
        if (shown) {
            out.print(Terminal.OVER);
            shown = false;
        }
    }

    static Optional<Waiting> waiting(Diagnosis diagnosis) {
        return switch (diagnosis.release()) {
            case Ending.Timer timer ->
                Optional.of(new Waiting(
                        diagnosis.at().plus(timer.point().orElse(timer.latest())),
                        timer.point().isEmpty(),
                        null));
            case Ending.GivesUp ends
            when ends.sure() -> Optional.of(new Waiting(diagnosis.at().plus(ends.latest()), true, null));
            case Ending.GivesUp _, Ending.Free _, Ending.UntilClosed _, Ending.NotTold _ -> Optional.empty();
        };
    }
}
