/** The report as one HTML page that loads nothing from elsewhere. */
@NullMarked
package dev.rebind.report.page;

import org.jspecify.annotations.NullMarked;
