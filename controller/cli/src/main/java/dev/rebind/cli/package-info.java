/** The command line: what a person types, told in exit codes and plain messages. */
@NullMarked
package dev.rebind.cli;

import org.jspecify.annotations.NullMarked;
