//go:build !linux

package main

// forget leaves it to the system which pages of a mapped file it keeps.
func forget([]byte) {}
