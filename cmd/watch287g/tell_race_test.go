//go:build race

package main

// raced says that the race detector is at work, which takes its time.
const raced = true
