package main

import "syscall"

// forget gives the pages of a mapped file back to the system, which reads them
// again where they are needed.
func forget(m []byte) { _ = syscall.Madvise(m, syscall.MADV_DONTNEED) } // advice
