/// What a new kind of connection implements and gets: the base of its server
/// ([dev.hawser.spi.AbstractServer]), of the handles that games hold
/// ([dev.hawser.spi.AbstractConnectedClient]), and of its client ([dev.hawser.spi.AbstractClient]).
/// They keep what every kind keeps: whose thread it is, who is connected, what waits for the
/// application, figures. The kinds of this library use nothing else, and neither does Steam.
///
/// A game needs nothing of this package.
@NullMarked
package dev.hawser.spi;

import org.jspecify.annotations.NullMarked;
