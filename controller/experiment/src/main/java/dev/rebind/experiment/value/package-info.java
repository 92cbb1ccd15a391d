/** Kinds of values in an experiment: durations as Go writes them, and ranges of numbers. */
@NullMarked
package dev.rebind.experiment.value;

import org.jspecify.annotations.NullMarked;
