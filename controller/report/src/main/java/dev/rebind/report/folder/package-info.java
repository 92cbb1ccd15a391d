/** The folder that a run leaves behind: the one place where reports touch the disk. */
@NullMarked
package dev.rebind.report.folder;

import org.jspecify.annotations.NullMarked;
