package dev.rebind.client.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.client.measure.Outages.Line;
import dev.rebind.client.measure.Outages.Outage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Times are plain numbers here. */
class OutagesTest {
    private final Outages outages = new Outages();

    private Line line(long begun, @Nullable Integer generation, long... answers) {
        var line = new Line(begun);
        for (long answer : answers) {
            outages.answered(line, generation, answer);
        }
        return line;
    }

    @Test
    @DisplayName("All connections lost: from the last answer on any of them to the first on a new one")
    void all() {
        Line a = line(0, 1, 5, 10);
        Line b = line(0, 1, 12);
        outages.lost(a, 13);
        outages.lost(b, 14);
        assertThat(outages.longest()).isNull();
        assertThat(outages.underWaySince()).isEqualTo(12);

        line(20, 2, 30);
        line(20, 2, 31);

        assertThat(outages.longest()).isEqualTo(new Outage(12, 30, 2));
        assertThat(outages.underWaySince()).isNull();
        assertThat(outages.begun()).isEqualTo(1);
    }

    @Test
    @DisplayName("Some connections lost, others served on by the old generation: their answers are no service")
    void some() {
        Line lost = line(0, 1, 10);
        Line living = line(0, 1, 11);
        outages.lost(lost, 12);
        outages.answered(living, 1, 15);
        outages.answered(living, 1, 25);
        assertThat(outages.longest()).isNull();
        assertThat(outages.underWaySince()).isEqualTo(10);

        line(20, 2, 30);

        assertThat(outages.longest()).isEqualTo(new Outage(10, 30, 2));
    }

    @Test
    @DisplayName("Some connections lost, and the same server takes them again: a short outage")
    void sameServer() {
        Line lost = line(0, 1, 10);
        outages.lost(lost, 12);
        line(13, 1, 14);
        assertThat(outages.longest()).isEqualTo(new Outage(10, 14, 1));
    }

    @Test
    @DisplayName("A connection that was being made when the first was lost may still be the old server's")
    void inTheMaking() {
        Line lost = line(0, 1, 10);
        outages.lost(lost, 12);
        Line early = line(11, 1, 15);
        assertThat(outages.longest()).isNull();
        outages.lost(early, 16);
        assertThat(outages.underWaySince()).isEqualTo(15);
        line(17, 2, 20);
        assertThat(outages.longest()).isEqualTo(new Outage(15, 20, 2));
    }

    @Test
    @DisplayName("A later generation is the new server, whenever the connection was begun")
    void laterGeneration() {
        Line lost = line(0, 1, 10);
        outages.lost(lost, 12);
        line(11, 2, 15);
        assertThat(outages.longest()).isEqualTo(new Outage(10, 15, 2));
    }

    @Test
    @DisplayName("An older generation is not the new server, though the connection is new")
    void olderGeneration() {
        Line lost = line(0, 2, 10);
        outages.lost(lost, 12);
        line(13, 1, 15);
        assertThat(outages.longest()).isNull();
    }

    @Test
    @DisplayName("A server that says no generation: a connection begun after the loss is the new one's")
    void noGeneration() {
        Line lost = line(0, null, 10);
        Line living = line(0, null, 10);
        outages.lost(lost, 12);
        outages.answered(living, null, 20);
        assertThat(outages.longest()).isNull();
        line(13, null, 30);
        assertThat(outages.longest()).isEqualTo(new Outage(10, 30, null));
    }

    @Test
    @DisplayName("A stop in steps makes several outages; the longest one counts, and none while one is under way")
    void steps() {
        Line a = line(0, 1, 10);
        Line b = line(0, 1, 10);
        outages.lost(a, 11);
        Line a2 = line(12, 1, 13, 20);
        outages.lost(b, 21);
        outages.lost(a2, 21);
        assertThat(outages.longest()).isNull();
        line(22, 2, 40);
        assertThat(outages.longest()).isEqualTo(new Outage(20, 40, 2));
        assertThat(outages.begun()).isEqualTo(2);
    }

    @Test
    @DisplayName("The server never comes back: no downtime, but since when")
    void never() {
        outages.lost(line(0, 1, 10), 11);
        assertThat(outages.longest()).isNull();
        assertThat(outages.underWaySince()).isEqualTo(10);
    }

    @Test
    @DisplayName("A connection that was never answered is no service to lose")
    void neverServed() {
        outages.lost(new Line(0), 11);
        assertThat(outages.begun()).isZero();
        assertThat(outages.underWaySince()).isNull();
    }

    @Test
    @DisplayName("A mark forgets what is over, and keeps the outage that is under way")
    void mark() {
        outages.lost(line(0, 1, 10), 11);
        outages.mark();
        assertThat(outages.begun()).isEqualTo(1);
        Line next = line(12, 2, 20);
        assertThat(outages.longest()).isEqualTo(new Outage(10, 20, 2));
        outages.mark();
        assertThat(outages.begun()).isZero();
        assertThat(outages.longest()).isNull();
        outages.lost(next, 21);
        assertThat(outages.underWaySince()).isEqualTo(20);
    }
}
