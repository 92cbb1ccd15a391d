/** The RebindExperiment resource and its status. */
@NullMarked
package dev.rebind.operator.resource;

import org.jspecify.annotations.NullMarked;
