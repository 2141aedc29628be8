// Package protocol knows how the streams of each build of the game are laid
// out. Blizzard publishes one Python file a build; github.com/icza/s2prot/build
// carries their text for the builds 15405 to 95299, of which some 35 differ.
// They are compiled when first asked for, once, and shared.
package protocol
