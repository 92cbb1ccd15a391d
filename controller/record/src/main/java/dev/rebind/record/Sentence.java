package dev.rebind.record;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.record.schema.Constraint;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A part of a cycle's explanation: one or more sentences about one subject. A reader can show some parts and leave out others. */
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

    /** Makes sentences of texts, the first of which says what happened. */
    public static List<Sentence> of(List<String> texts) {
        return IntStream.range(0, texts.size())
                .mapToObj(i -> new Sentence(i == 0 ? Subject.event : Subject.further, texts.get(i)))
                .toList();
    }

    /** The texts of all sentences, joined with blanks. */
    public static String joined(List<Sentence> sentences) {
        return sentences.stream().map(Sentence::text).collect(Collectors.joining(" "));
    }
}
