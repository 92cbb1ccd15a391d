/** Tests of the report's page. */
@NullMarked
package dev.rebind.report.page;

import org.jspecify.annotations.NullMarked;
