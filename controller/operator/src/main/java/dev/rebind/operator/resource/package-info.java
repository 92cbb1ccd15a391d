/** The RebindExperiment resource as the API server has it. */
@NullMarked
package dev.rebind.operator.resource;

import org.jspecify.annotations.NullMarked;
