//go:build !purego

#include "textflag.h"

// The rows of an 8 × 8 block lie in X0 to X7, eight 16-bit lanes each. One pass
// transforms all eight columns at once; the constants are those of idct, summed to
// a matrix of pairs for PMADDWD, so that the results are the same to the bit.

#define PAIR(at, a, b) \
	DATA idctPairs<>+(at)(SB)/8, $(((b)&0xffff)<<48 | ((a)&0xffff)<<32 | ((b)&0xffff)<<16 | ((a)&0xffff)); \
	DATA idctPairs<>+(at+8)(SB)/8, $(((b)&0xffff)<<48 | ((a)&0xffff)<<32 | ((b)&0xffff)<<16 | ((a)&0xffff))

PAIR(0, 8192, 8192)        // rows 0, 4: t0
PAIR(16, 8192, -8192)      // t1
PAIR(32, 4433, -10704)     // rows 2, 6: t2
PAIR(48, 10703, 4433)      // t3
PAIR(64, 11363, 9633)      // rows 1, 3: o3
PAIR(80, 6437, 2260)       // rows 5, 7: o3
PAIR(96, 9633, -2259)      // o2
PAIR(112, -11362, -6436)
PAIR(128, 6437, -11362)    // o1
PAIR(144, 2261, 9633)
PAIR(160, 2260, -6436)     // o0
PAIR(176, 9633, -11363)
GLOBL idctPairs<>(SB), RODATA|NOPTR, $192

// Rounding of the first pass, and of the second with the level shift of 128.
DATA idctRound<>+0(SB)/8, $0x0000040000000400
DATA idctRound<>+8(SB)/8, $0x0000040000000400
DATA idctRound<>+16(SB)/8, $0x0202000002020000
DATA idctRound<>+24(SB)/8, $0x0202000002020000
GLOBL idctRound<>(SB), RODATA|NOPTR, $32

// EVEN: X8, X10 hold the pairs of rows 0, 4 and 2, 6. Out: t10 X8, t11 X9, t12 X13,
// t13 X12, rounded.
#define EVEN(round) \
	MOVO X8, X9; \
	PMADDWL idctPairs<>+0(SB), X8; \
	PMADDWL idctPairs<>+16(SB), X9; \
	PADDL idctRound<>+(round)(SB), X8; \
	PADDL idctRound<>+(round)(SB), X9; \
	MOVO X10, X11; \
	PMADDWL idctPairs<>+32(SB), X10; \
	PMADDWL idctPairs<>+48(SB), X11; \
	MOVO X8, X12; \
	PSUBL X11, X12; \
	PADDL X11, X8; \
	MOVO X9, X13; \
	PSUBL X10, X13; \
	PADDL X10, X9

// ODD: A, B hold the pairs of rows 1, 3 and 5, 7; T an even sum. Out: T + o in T,
// T - o in X15, shifted.
#define ODD(at, A, B, T, shift) \
	MOVO A, X14; \
	MOVO B, X15; \
	PMADDWL idctPairs<>+(at)(SB), X14; \
	PMADDWL idctPairs<>+(at+16)(SB), X15; \
	PADDL X15, X14; \
	MOVO T, X15; \
	PSUBL X14, X15; \
	PADDL X14, T; \
	PSRAL $shift, T; \
	PSRAL $shift, X15

// HIGH packs what LOW has left on the stack with the other half.
#define HIGH(T, lo, first, hi, last) \
	MOVOU lo(SP), first; \
	PACKSSLW T, first; \
	MOVOU hi(SP), last; \
	PACKSSLW X15, last

#define LOW(T, lo, hi) \
	MOVOU T, lo(SP); \
	MOVOU X15, hi(SP)

#define PASS(round, shift) \
	MOVO X0, X8; \
	PUNPCKLWL X4, X8; \
	MOVO X2, X10; \
	PUNPCKLWL X6, X10; \
	EVEN(round); \
	MOVO X1, X10; \
	PUNPCKLWL X3, X10; \
	MOVO X5, X11; \
	PUNPCKLWL X7, X11; \
	ODD(64, X10, X11, X8, shift); \
	LOW(X8, 0, 112); \
	ODD(96, X10, X11, X9, shift); \
	LOW(X9, 16, 96); \
	ODD(128, X10, X11, X13, shift); \
	LOW(X13, 32, 80); \
	ODD(160, X10, X11, X12, shift); \
	LOW(X12, 48, 64); \
	MOVO X0, X8; \
	PUNPCKHWL X4, X8; \
	MOVO X2, X10; \
	PUNPCKHWL X6, X10; \
	EVEN(round); \
	MOVO X1, X10; \
	PUNPCKHWL X3, X10; \
	MOVO X5, X11; \
	PUNPCKHWL X7, X11; \
	ODD(64, X10, X11, X8, shift); \
	HIGH(X8, 0, X0, 112, X7); \
	ODD(96, X10, X11, X9, shift); \
	HIGH(X9, 16, X1, 96, X6); \
	ODD(128, X10, X11, X13, shift); \
	HIGH(X13, 32, X2, 80, X5); \
	ODD(160, X10, X11, X12, shift); \
	HIGH(X12, 48, X3, 64, X4)

// func transform(coefs, quant *[64]int16, out *uint8, stride int)
TEXT ·transform(SB), NOSPLIT, $128-32
	MOVQ coefs+0(FP), AX
	MOVQ quant+8(FP), BX
	MOVQ out+16(FP), DI
	MOVQ stride+24(FP), SI
	MOVOU 0(AX), X0
	MOVOU 16(AX), X1
	MOVOU 32(AX), X2
	MOVOU 48(AX), X3
	MOVOU 64(AX), X4
	MOVOU 80(AX), X5
	MOVOU 96(AX), X6
	MOVOU 112(AX), X7
	MOVOU 0(BX), X8
	MOVOU 16(BX), X9
	MOVOU 32(BX), X10
	MOVOU 48(BX), X11
	MOVOU 64(BX), X12
	MOVOU 80(BX), X13
	MOVOU 96(BX), X14
	MOVOU 112(BX), X15
	PMULLW X8, X0
	PMULLW X9, X1
	PMULLW X10, X2
	PMULLW X11, X3
	PMULLW X12, X4
	PMULLW X13, X5
	PMULLW X14, X6
	PMULLW X15, X7
	PASS(0, 11)

	// Transpose.
	MOVO X0, X8
	PUNPCKLWL X1, X0  // 00 10 01 11 02 12 03 13
	PUNPCKHWL X1, X8  // 04 14 05 15 …
	MOVO X2, X9
	PUNPCKLWL X3, X2
	PUNPCKHWL X3, X9
	MOVO X4, X10
	PUNPCKLWL X5, X4
	PUNPCKHWL X5, X10
	MOVO X6, X11
	PUNPCKLWL X7, X6
	PUNPCKHWL X7, X11
	MOVO X0, X12
	PUNPCKLLQ X2, X0  // 00 10 20 30 01 11 21 31
	PUNPCKHLQ X2, X12 // 02 12 22 32 03 …
	MOVO X4, X13
	PUNPCKLLQ X6, X4  // 40 50 60 70 41 …
	PUNPCKHLQ X6, X13
	MOVO X8, X14
	PUNPCKLLQ X9, X8  // 04 14 24 34 05 …
	PUNPCKHLQ X9, X14
	MOVO X10, X15
	PUNPCKLLQ X11, X10
	PUNPCKHLQ X11, X15
	MOVO X0, X1
	PUNPCKLQDQ X4, X0
	PUNPCKHQDQ X4, X1
	MOVO X12, X2
	MOVO X12, X3
	PUNPCKLQDQ X13, X2
	PUNPCKHQDQ X13, X3
	MOVO X8, X4
	MOVO X8, X5
	PUNPCKLQDQ X10, X4
	PUNPCKHQDQ X10, X5
	MOVO X14, X6
	MOVO X14, X7
	PUNPCKLQDQ X15, X6
	PUNPCKHQDQ X15, X7

	PASS(16, 18)
	PACKUSWB X1, X0
	PACKUSWB X3, X2
	PACKUSWB X5, X4
	PACKUSWB X7, X6
	LEAQ (SI)(SI*2), R8
	MOVQ X0, (DI)
	MOVHPS X0, (DI)(SI*1)
	MOVQ X2, (DI)(SI*2)
	MOVHPS X2, (DI)(R8*1)
	LEAQ (DI)(SI*4), DI
	MOVQ X4, (DI)
	MOVHPS X4, (DI)(SI*1)
	MOVQ X6, (DI)(SI*2)
	MOVHPS X6, (DI)(R8*1)
	RET
