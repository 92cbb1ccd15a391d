/** Tests of what the drawings show. */
@NullMarked
package dev.rebind.report.drawing;

import org.jspecify.annotations.NullMarked;
