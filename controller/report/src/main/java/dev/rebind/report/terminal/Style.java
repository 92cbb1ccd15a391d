package dev.rebind.report.terminal;

import dev.rebind.record.Verdict;

/** The text styles in use, as SGR parameters (ECMA-48, section 8.3.117). */
enum Style {
    plain(""),
    heading("1"),
    faint("2"),
    good("32"),
    bad("1;31"),
    unclear("33"),
    broken("1;35");

    private final String parameters;

    Style(String parameters) {
        this.parameters = parameters;
    }

    static Style of(Verdict verdict) {
        return switch (verdict) {
            case Pass -> good;
            case Fail -> bad;
            case Inconclusive -> unclear;
            case Error -> broken;
        };
    }

    String on(String text, Terminal terminal) {
        return this == plain || !terminal.colour() || text.isEmpty()
                ? text
                : "\u001B[" + parameters + "m" + text + "\u001B[0m";
    }
}
