/** Drawings of records as SVG for a page: states over time, the segments of a close, all cycles of an experiment. */
@NullMarked
package dev.rebind.report.drawing;

import org.jspecify.annotations.NullMarked;
