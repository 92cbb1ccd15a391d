/** Drawings of records for a page, as SVG: states over time, the segments of a close, all cycles of an experiment. */
@NullMarked
package dev.rebind.report.drawing;

import org.jspecify.annotations.NullMarked;
