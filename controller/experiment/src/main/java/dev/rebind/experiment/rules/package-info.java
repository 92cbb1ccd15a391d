/** What cannot be asked for together, and what no server could do. Pure. */
@NullMarked
package dev.rebind.experiment.rules;

import org.jspecify.annotations.NullMarked;
