package dev.rebind.e2e;

import java.util.List;
import java.util.function.Predicate;

/**
 * Which checks are carried out.
 *
 * @param only names of checks, or of all below a name; empty for every check
 */
record Selection(List<String> only) implements Predicate<String> {
    Selection {
        only = List.copyOf(only);
    }

    @Override
    public boolean test(String check) {
        return only.isEmpty() || only.stream().anyMatch(name -> selects(name, check));
    }

    /** The names that select none of these checks. */
    List<String> unknown(List<String> checks) {
        return only.stream()
                .filter(name -> checks.stream().noneMatch(check -> selects(name, check)))
                .toList();
    }

    private static boolean selects(String name, String check) {
        String above = name.replaceFirst("/+$", "");
        return check.equals(above) || check.startsWith(above + "/");
    }
}
