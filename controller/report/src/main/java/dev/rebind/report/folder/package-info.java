/** The folder that a run leaves behind. Only this package reads and writes report files. */
@NullMarked
package dev.rebind.report.folder;

import org.jspecify.annotations.NullMarked;
