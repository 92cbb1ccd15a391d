/** Runs one experiment from its first cycle to its last, across the death of a controller. */
@NullMarked
package dev.rebind.operator.run;

import org.jspecify.annotations.NullMarked;
