package dev.rebind.client.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AnswerReaderTest {
    @Property
    void linesDoNotDependOnHowTheyWereCut(
            @ForAll @Size(max = 40) List<@IntRange(max = 3) Integer> kinds,
            @ForAll @IntRange(min = 1, max = 40) int piece) {
        List<String> lines = kinds.stream()
                .map(kind -> switch (kind) {
                    case 0 -> "I am server";
                    case 1 -> "I am server of generation 2: I am client";
                    case 2 -> "";
                    default -> "é" + "x".repeat(20);
                })
                .toList();
        byte[] bytes = lines.stream()
                .map(line -> line + "\n")
                .reduce("", String::concat)
                .getBytes(StandardCharsets.UTF_8);
        var reader = new AnswerReader();
        var others = new ArrayList<String>();
        long streamed = 0;

        for (int at = 0; at < bytes.length; at += piece) {
            streamed += reader.read(Arrays.copyOfRange(bytes, at, Math.min(at + piece, bytes.length)), others::add);
        }

        assertThat(streamed)
                .isEqualTo(lines.stream().filter("I am server"::equals).count());
        assertThat(others)
                .isEqualTo(lines.stream()
                        .filter(line -> !line.equals("I am server"))
                        .toList());
        assertThat(reader.lines()).isEqualTo(lines.size());
        assertThat(reader.last()).isEqualTo(lines.isEmpty() ? "" : lines.getLast());
    }
}
