/** Experiments as meters, fed from statuses and records. Knows neither where they run nor what runs them. */
@NullMarked
package dev.rebind.engine.metrics;

import org.jspecify.annotations.NullMarked;
