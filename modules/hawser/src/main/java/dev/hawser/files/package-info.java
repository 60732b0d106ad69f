/// What all modules ask of files that hold secrets. Not for applications.
@NullMarked
package dev.hawser.files;

import org.jspecify.annotations.NullMarked;
