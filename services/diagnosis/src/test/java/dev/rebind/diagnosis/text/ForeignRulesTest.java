package dev.rebind.diagnosis.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.finding.Limit;
import dev.rebind.diagnosis.seen.Nat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When a rule or a table has a name that somebody chose")
class ForeignRulesTest {
    @Test
    @DisplayName("it cannot steer a terminal")
    void plain() {
        var rule = new Nat.Rule(
                "-m comment --comment \"\u001b[2J\" -j REDIRECT",
                "",
                "OUTPUT",
                Nat.Clients.THIS_MACHINE,
                Optional.empty(),
                Nat.Takes.ALL);
        assertThat(SharingText.nat(new Nat.Read(List.of(rule), List.of())))
                .singleElement()
                .asString()
                .contains("--comment \"?[2J\"");
        assertThat(LimitText.sentence(new Limit.NatUnread("table inet \u001b[2J", true)))
                .contains("table inet ?[2J");
    }
}
