//go:build race

package main

// raceEnabled says whether the race detector slows everything down.
const raceEnabled = true
