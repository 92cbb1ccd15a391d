/** What may stand where in an experiment, taken from the records themselves. */
@NullMarked
package dev.rebind.experiment.schema;

import org.jspecify.annotations.NullMarked;
