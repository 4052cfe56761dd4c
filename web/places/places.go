// Package places is what pages about places show: who holds what in a county, the
// states side by side, how far the agreements reach, and what their numbers came to. It
// is pure: all of it is computed from a snapshot, and none of it is HTML.
package places
