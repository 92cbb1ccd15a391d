/** Rules about fields that contradict each other, and about what no server could do. */
@NullMarked
package dev.rebind.experiment.rules;

import org.jspecify.annotations.NullMarked;
