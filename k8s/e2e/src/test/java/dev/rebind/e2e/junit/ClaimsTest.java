package dev.rebind.e2e.junit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClaimsTest {
    @Test
    @DisplayName("When nothing was compared, or nothing is said of what was seen, then the check has not passed")
    void nothing() {
        var silent = new Claims();
        silent.assertThat(1).isEqualTo(1);
        assertThatThrownBy(silent::end).hasMessage("nothing was compared");
        var idle = new Claims();
        idle.seen("all is well");
        assertThatThrownBy(idle::end).hasMessage("nothing was compared");
    }

    @Test
    @DisplayName("When all claims hold, then the check has passed")
    void holds() {
        var claims = new Claims();
        claims.assertThat("bound").as("outcome").isEqualTo("bound");
        claims.seen("%d of %d bound".formatted(3, 3));
        assertThatCode(claims::end).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("When several claims do not hold, then each is told in a line of its own")
    void several() {
        var claims = new Claims();
        claims.assertThat("failed").as("outcome").isEqualTo("bound");
        claims.inOrder("the window", 2.0, 1.0);
        claims.inOrder("the release", null, 1.0);
        claims.seen("something");
        assertThatThrownBy(claims::end)
                .message()
                .hasLineCount(3)
                .startsWith("[outcome]")
                .contains("the window", "the release", "null and 1.0");
    }
}
