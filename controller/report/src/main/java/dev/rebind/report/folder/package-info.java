/** The folder that a run leaves behind. Reports touch the disk only in this package. */
@NullMarked
package dev.rebind.report.folder;

import org.jspecify.annotations.NullMarked;
