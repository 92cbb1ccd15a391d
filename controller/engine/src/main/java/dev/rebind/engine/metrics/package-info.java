/** Meters of experiments, made from statuses and records. The package does not know where experiments run or what runs them. */
@NullMarked
package dev.rebind.engine.metrics;

import org.jspecify.annotations.NullMarked;
