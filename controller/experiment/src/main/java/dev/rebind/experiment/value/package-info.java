/** Types of values in an experiment: durations in Go's format, and ranges of numbers. */
@NullMarked
package dev.rebind.experiment.value;

import org.jspecify.annotations.NullMarked;
