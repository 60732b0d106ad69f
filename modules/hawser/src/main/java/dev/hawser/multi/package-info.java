/// One server made of several: [dev.hawser.multi.MultiServer].
@NullMarked
package dev.hawser.multi;

import org.jspecify.annotations.NullMarked;
