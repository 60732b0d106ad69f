/// What all modules do with files that hold secrets: who may use one, and how one is written. Not
/// for applications.
@NullMarked
package dev.hawser.files;

import org.jspecify.annotations.NullMarked;
