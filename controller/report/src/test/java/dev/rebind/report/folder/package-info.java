/** Tests of the report's folder. */
@NullMarked
package dev.rebind.report.folder;

import org.jspecify.annotations.NullMarked;
