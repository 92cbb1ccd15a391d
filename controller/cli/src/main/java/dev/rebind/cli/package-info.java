/** The command line: reads what a user types, and answers with exit codes and plain messages. */
@NullMarked
package dev.rebind.cli;

import org.jspecify.annotations.NullMarked;
