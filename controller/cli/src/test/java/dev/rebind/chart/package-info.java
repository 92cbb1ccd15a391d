/** Holds the Helm chart's values, their schema and their reference page to each other. */
@NullMarked
package dev.rebind.chart;

import org.jspecify.annotations.NullMarked;
