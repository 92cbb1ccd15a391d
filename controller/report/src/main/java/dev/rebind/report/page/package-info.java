/** The page that a run is read on: one file of HTML, with nothing to load from elsewhere. */
@NullMarked
package dev.rebind.report.page;

import org.jspecify.annotations.NullMarked;
