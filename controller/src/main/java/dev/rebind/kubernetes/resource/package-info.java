/** The RebindExperiment resource as the API server has it. */
@NullMarked
package dev.rebind.kubernetes.resource;

import org.jspecify.annotations.NullMarked;
