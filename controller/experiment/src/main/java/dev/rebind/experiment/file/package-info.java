/** Reads experiment files. It finds all problems of a file at once, each with its line and the full path of its field. */
@NullMarked
package dev.rebind.experiment.file;

import org.jspecify.annotations.NullMarked;
