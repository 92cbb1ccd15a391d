package dev.rebind.record;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.record.schema.Constraint;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A part of a cycle's explanation, one sentence or more, so that a reader can show one part and leave out another. */
public record Sentence(
        @JsonPropertyDescription(
                "event: what happened; release: when the port is free; prevention: what would have let the bind succeed;"
                        + " further: everything else.")
        Subject about,

        @Constraint(pattern = ".+") String text) {
    /** What a sentence is about. */
    public enum Subject {
        event,
        release,
        prevention,
        further
    }

    /** Texts of which the first tells what happened. */
    public static List<Sentence> of(List<String> texts) {
        return IntStream.range(0, texts.size())
                .mapToObj(i -> new Sentence(i == 0 ? Subject.event : Subject.further, texts.get(i)))
                .toList();
    }

    /** All of them as one text. */
    public static String joined(List<Sentence> sentences) {
        return sentences.stream().map(Sentence::text).collect(Collectors.joining(" "));
    }
}
