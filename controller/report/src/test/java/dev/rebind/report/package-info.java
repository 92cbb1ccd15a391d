/** Tests of the reports, on made-up records and real files. */
@NullMarked
package dev.rebind.report;

import org.jspecify.annotations.NullMarked;
