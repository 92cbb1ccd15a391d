package dev.rebind.experiment;

/** An experiment and where it was read from. */
public record Sourced(Experiment experiment, Source source) {}
