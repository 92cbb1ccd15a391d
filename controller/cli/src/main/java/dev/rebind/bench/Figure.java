package dev.rebind.bench;

/** What many rounds gave. */
public record Figure(double least, double median, double most, int rounds) {}
