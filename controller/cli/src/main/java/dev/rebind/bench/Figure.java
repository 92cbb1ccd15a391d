package dev.rebind.bench;

/** The results of many rounds. */
public record Figure(double least, double median, double most, int rounds) {}
