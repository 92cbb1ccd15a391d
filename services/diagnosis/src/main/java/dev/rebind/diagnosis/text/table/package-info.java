/** Rows of cells as text, for lines of any width. */
@NullMarked
package dev.rebind.diagnosis.text.table;

import org.jspecify.annotations.NullMarked;
