package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Limit;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When a listener comes and goes while the port is looked at")
class FlappingTest {
    @Test
    @DisplayName("no answer contradicts itself: it is that of one moment, or says that the port changes")
    void noContradiction() throws IOException {
        int port = FreePorts.next();
        var contradictions = new TreeMap<String, Integer>();
        try (var child = PythonChild.flapping(port, 15)) {
            assertThat(child.pid()).isPositive();
            var why = new WhyPort();
            for (int look = 0; look < 200; look++) {
                Diagnosis said = why.diagnose(Question.everywhere(port), new PortObserver.Manner(true, false, false));
                contradictions(said).forEach(one -> contradictions.merge(one, 1, Integer::sum));
            }
        }
        assertThat(contradictions).isEqualTo(Map.of());
    }

    private static List<String> contradictions(Diagnosis said) {
        var found = new ArrayList<String>();
        if (said.limits().stream().anyMatch(Limit.Changing.class::isInstance)) {
            if (said.verdict() != Diagnosis.Verdict.NOT_KNOWN) {
                found.add("changes, and is " + said.verdict());
            }
            return found;
        }
        long refused = said.attempts().stream().filter(Attempt::inUse).count();
        if (refused != 0 && refused != said.attempts().size()) {
            found.add("refused for some, passed for others");
        }
        if (refused == 0 && said.beside().stream().anyMatch(FlappingTest::listens)) {
            found.add("free beside a listener");
        }
        if (refused != 0 && said.blocking().isEmpty()) {
            found.add("refused by nothing");
        }
        if (said.limits().stream().anyMatch(Limit.NothingSeen.class::isInstance)) {
            found.add("nothing seen");
        }
        if (said.blocking().stream().anyMatch(blocker -> blocker.holder() instanceof Holder.Unseen)) {
            found.add("listener of an unseen process, " + said.verdict());
        }
        if (said.limits().stream().anyMatch(Limit.OptionsHidden.class::isInstance)) {
            found.add("options hidden");
        }
        return found;
    }

    private static boolean listens(Blocker blocker) {
        return blocker.first().state() == TcpState.LISTEN;
    }
}
