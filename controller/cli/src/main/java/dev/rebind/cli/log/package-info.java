/** The log as JSON, for those who collect logs. */
@NullMarked
package dev.rebind.cli.log;

import org.jspecify.annotations.NullMarked;
