/** The structure of an experiment, derived from its records: which values may stand where. */
@NullMarked
package dev.rebind.experiment.schema;

import org.jspecify.annotations.NullMarked;
