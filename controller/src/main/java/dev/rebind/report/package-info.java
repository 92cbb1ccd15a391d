/** What people and their tools read of a run: folder, summary, JUnit file, page. All of it comes from records. */
@NullMarked
package dev.rebind.report;

import org.jspecify.annotations.NullMarked;
