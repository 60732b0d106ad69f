/// Connections by netcode 1.02, over any transport: [dev.hawser.netcode.NetcodeServer] and
/// [dev.hawser.netcode.NetcodeClient].
@NullMarked
package dev.hawser.netcode;

import org.jspecify.annotations.NullMarked;
