/** The workload of a cluster that an experiment restarts: its pods, and how their containers receive the value of SO_REUSEADDR. */
@NullMarked
package dev.rebind.experiment.workload;

import org.jspecify.annotations.NullMarked;
