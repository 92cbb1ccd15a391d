/** The workload of a cluster that an experiment restarts: which pods, and how their containers learn SO_REUSEADDR. */
@NullMarked
package dev.rebind.experiment.workload;

import org.jspecify.annotations.NullMarked;
