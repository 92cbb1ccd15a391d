package dev.rebind.experiment.file;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that a misspelt word was meant to be. */
public final class SpellingSuggestion {
    /** No known word is longer, so longer words are not compared. */
    private static final int LONGEST = 100;

    private SpellingSuggestion() {}

    /** Returns the most similar known word; empty where none is similar enough. */
    public static Optional<String> nearest(String word, Collection<String> known) {
        if (word.length() > LONGEST) {
            return Optional.empty();
        }
        String lower = plain(word);
        return known.stream()
                .filter(candidate -> near(lower, plain(candidate)))
                .min(Comparator.comparingInt(candidate -> distance(lower, plain(candidate))));
    }

    private static boolean near(String word, String candidate) {
        int shorter = Math.min(word.length(), candidate.length());
        if (shorter >= 3 && (candidate.startsWith(word) || word.startsWith(candidate))) {
            return true;
        }
        return distance(word, candidate) <= Math.max(1, shorter / 3);
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
    }

    /** Number of letters to change, add, leave out or swap with their neighbour (optimal string alignment distance). */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + change);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
