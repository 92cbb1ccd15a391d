/** Tests of the records, and made-up records for the tests of what reads them. */
@NullMarked
package dev.rebind.record;

import org.jspecify.annotations.NullMarked;
