/// What commands take: options that several of them have, converters of their values, limits, and
/// which options go together.
@NullMarked
package dev.hawser.cli.option;

import org.jspecify.annotations.NullMarked;
