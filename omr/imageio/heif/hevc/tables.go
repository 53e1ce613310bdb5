package hevc

// rangeLPS is table 9-46: the range of the less probable symbol.
var rangeLPS = [64][4]uint8{
	{128, 176, 208, 240},
	{128, 167, 197, 227},
	{128, 158, 187, 216},
	{123, 150, 178, 205},
	{116, 142, 169, 195},
	{111, 135, 160, 185},
	{105, 128, 152, 175},
	{100, 122, 144, 166},
	{95, 116, 137, 158},
	{90, 110, 130, 150},
	{85, 104, 123, 142},
	{81, 99, 117, 135},
	{77, 94, 111, 128},
	{73, 89, 105, 122},
	{69, 85, 100, 116},
	{66, 80, 95, 110},
	{62, 76, 90, 104},
	{59, 72, 86, 99},
	{56, 69, 81, 94},
	{53, 65, 77, 89},
	{51, 62, 73, 85},
	{48, 59, 69, 80},
	{46, 56, 66, 76},
	{43, 53, 63, 72},
	{41, 50, 59, 69},
	{39, 48, 56, 65},
	{37, 45, 54, 62},
	{35, 43, 51, 59},
	{33, 41, 48, 56},
	{32, 39, 46, 53},
	{30, 37, 43, 50},
	{29, 35, 41, 48},
	{27, 33, 39, 45},
	{26, 31, 37, 43},
	{24, 30, 35, 41},
	{23, 28, 33, 39},
	{22, 27, 32, 37},
	{21, 26, 30, 35},
	{20, 24, 29, 33},
	{19, 23, 27, 31},
	{18, 22, 26, 30},
	{17, 21, 25, 28},
	{16, 20, 23, 27},
	{15, 19, 22, 25},
	{14, 18, 21, 24},
	{14, 17, 20, 23},
	{13, 16, 19, 22},
	{12, 15, 18, 21},
	{12, 14, 17, 20},
	{11, 14, 16, 19},
	{11, 13, 15, 18},
	{10, 12, 15, 17},
	{10, 12, 14, 16},
	{9, 11, 13, 15},
	{9, 11, 12, 14},
	{8, 10, 12, 14},
	{8, 9, 11, 13},
	{7, 9, 11, 12},
	{7, 9, 10, 12},
	{7, 8, 10, 11},
	{6, 8, 9, 11},
	{6, 7, 9, 10},
	{6, 7, 8, 9},
	{2, 2, 2, 2},
}

// transLPS is table 9-47: the state after a less probable symbol.
var transLPS = [64]uint8{
	0, 0, 1, 2, 2, 4, 4, 5, 6, 7, 8, 9, 9, 11, 11, 12, 13, 13, 15, 15, 16, 16, 18, 18, 19, 19, 21, 21, 22, 22, 23, 24,
	24, 25, 26, 26, 27, 27, 28, 29, 29, 30, 30, 30, 31, 32, 32, 33, 33, 33, 34, 34, 35, 35, 35, 36, 36, 36, 37, 37, 37, 38, 38, 63,
}

// A context is its state times two plus the more probable symbol.
var nextMPS, nextLPS = func() (mps, lps [128]uint8) {
	for s := range uint8(64) {
		for v := range uint8(2) {
			mps[2*s+v] = 2*min(s+1, 62) + v
			lps[2*s+v] = 2*transLPS[s] + v
			if s == 0 {
				lps[v] = 1 - v
			}
			if s == 63 {
				mps[2*s+v] = 2*s + v
			}
		}
	}
	return mps, lps
}()

// renormLPS is the shift that brings a range of 8·i and more back to 256.
var renormLPS = [32]uint8{6, 5, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}

// Contexts, by syntax element.
const (
	ctxSAOMerge       = 0
	ctxSAOType        = 1
	ctxSplitCU        = 2  // 3
	ctxBypassCU       = 5  // cu_transquant_bypass_flag
	ctxPartMode       = 6  // the bin that intra coding units have
	ctxPrevIntra      = 7  // prev_intra_luma_pred_flag
	ctxChromaMode     = 8  // intra_chroma_pred_mode
	ctxSplitTransform = 9  // 3
	ctxCbfLuma        = 12 // 2
	ctxCbfChroma      = 14 // 5
	ctxDeltaQP        = 19 // 2
	ctxChromaQPFlag   = 21
	ctxChromaQPIndex  = 22
	ctxSkip           = 23  // transform_skip_flag: luma, chroma
	ctxLastX          = 25  // 18
	ctxLastY          = 43  // 18
	ctxCodedSub       = 61  // 4
	ctxSig            = 65  // 44: luma 27, chroma 15, without transform 2
	ctxGreater1       = 109 // 24
	ctxGreater2       = 133 // 6
	ctxAlphaLog       = 139 // log2_res_scale_abs_plus1: 4 for Cb, 4 for Cr
	ctxAlphaSign      = 147 // 2
	contexts          = 149
)

// initValues are the initValues of slices of type I (tables 9-5 to 9-37).
var initValues = [contexts]uint8{
	153,
	200,
	139, 141, 157,
	154,
	184,
	184,
	63,
	153, 138, 138,
	111, 141,
	94, 138, 182, 154, 154,
	154, 154,
	154,
	154,
	139, 139,
	110, 110, 124, 125, 140, 153, 125, 127, 140, 109, 111, 143, 127, 111, 79, 108, 123, 63,
	110, 110, 124, 125, 140, 153, 125, 127, 140, 109, 111, 143, 127, 111, 79, 108, 123, 63,
	91, 171, 134, 141,
	111, 111, 125, 110, 110, 94, 124, 108, 124, 107, 125, 141, 179, 153, 125, 107, 125, 141, 179, 153, 125, 107, 125, 141, 179, 153, 125,
	140, 139, 182, 182, 152, 136, 152, 136, 153, 136, 139, 111, 136, 139, 111,
	141, 111,
	140, 92, 137, 138, 140, 152, 138, 139, 153, 74, 149, 92, 139, 107, 122, 152, 140, 179, 166, 182, 140, 227, 122, 197,
	138, 153, 136, 167, 152, 152,
	154, 154, 154, 154, 154, 154, 154, 154,
	154, 154,
}

// initContexts is clause 9.3.2.2 for a slice's QP.
func initContexts(ctx *[contexts]uint8, qp int) {
	qp = min(max(qp, 0), 51)
	for i, v := range initValues {
		slope, offset := int(v>>4)*5-45, int(v&15)<<3-16
		state := min(max((slope*qp)>>4+offset, 1), 126)
		if state >= 64 {
			ctx[i] = uint8(state-64)<<1 | 1
		} else {
			ctx[i] = uint8(63-state) << 1
		}
	}
}

// Scans of clause 6.5.
const (
	scanDiagonal = iota
	scanHorizontal
	scanVertical
)

// scan4 are the 16 places of a sub-block in order, y<<2 | x.
var scan4 = func() (scans [3][16]uint8) {
	for i, p := range diagonal(4) {
		scans[scanDiagonal][i] = p[1]<<2 | p[0]
	}
	for i := range uint8(16) {
		scans[scanHorizontal][i] = i
		scans[scanVertical][i] = i&3<<2 | i>>2
	}
	return scans
}()

// scanSub are the sub-blocks of a block of 4 << log2 px, y<<3 | x.
var scanSub = func() (scans [3][4][64]uint8) {
	for log2 := range 4 {
		n := 1 << log2
		for i, p := range diagonal(n) {
			scans[scanDiagonal][log2][i] = p[1]<<3 | p[0]
		}
		for i := range n * n {
			scans[scanHorizontal][log2][i] = uint8(i>>log2<<3 | i&(n-1))
			scans[scanVertical][log2][i] = uint8(i&(n-1)<<3 | i>>log2)
		}
	}
	return scans
}()

// placeOf inverts a scan.
func placeOf(scan []uint8) (place [64]uint8) {
	for i := len(scan) - 1; i >= 0; i-- {
		place[scan[i]] = uint8(i)
	}
	return place
}

var placeIn4 = [3][64]uint8{placeOf(scan4[0][:]), placeOf(scan4[1][:]), placeOf(scan4[2][:])}

var placeOfSub = func() (places [3][4][64]uint8) {
	for s := range places {
		for log2 := range 4 {
			places[s][log2] = placeOf(scanSub[s][log2][:1<<(2*log2)])
		}
	}
	return places
}()

// diagonal is the up-right diagonal scan (clause 6.5.3), as x, y.
func diagonal(n int) [][2]uint8 {
	var out [][2]uint8
	for d := range 2*n - 1 {
		for x := range d + 1 {
			if y := d - x; x < n && y < n {
				out = append(out, [2]uint8{uint8(x), uint8(y)})
			}
		}
	}
	return out
}

// sigContext is the context of sig_coeff_flag within a sub-block (clause 9.3.4.2.5),
// by the coded neighbours (1: right, 2: below) and place; row 4 is for blocks of 4 px.
var sigContext = func() (t [5][16]uint8) {
	for i := range 16 {
		x, y := i&3, i>>2
		switch {
		case x+y == 0:
			t[0][i] = 2
		case x+y < 3:
			t[0][i] = 1
		}
		t[1][i] = uint8(max(2-y, 0))
		t[2][i] = uint8(max(2-x, 0))
		t[3][i] = 2
	}
	t[4] = [16]uint8{0, 1, 4, 5, 2, 3, 4, 5, 6, 6, 8, 8, 7, 7, 8}
	return t
}()

// chroma422 is table 8-3: prediction modes of chroma that is half as wide.
var chroma422 = [35]uint8{
	0, 1, 2, 2, 2, 2, 3, 5, 7, 8, 10, 11, 13, 15, 16, 18, 19, 20,
	21, 22, 23, 23, 24, 24, 25, 25, 26, 27, 27, 28, 28, 29, 29, 30, 31,
}

// levelScale of clause 8.6.4.2.
var levelScale = [6]int64{40, 45, 51, 57, 64, 72}

// intraScaling8 is the default of table 7-6 for intra blocks of 8 px and more; it is
// symmetric.
var intraScaling8 = [64]uint8{
	16, 16, 16, 16, 17, 18, 21, 24,
	16, 16, 16, 16, 17, 19, 22, 25,
	16, 16, 17, 18, 20, 22, 25, 29,
	16, 16, 18, 21, 24, 27, 31, 36,
	17, 17, 20, 24, 30, 35, 41, 47,
	18, 19, 22, 27, 35, 44, 54, 65,
	21, 22, 25, 31, 41, 54, 70, 88,
	24, 25, 29, 36, 47, 65, 88, 115,
}

// intraAngle is table 8-5, inverseAngle table 8-6 from mode 11 on.
var (
	intraAngle = [35]int32{
		0, 0, 32, 26, 21, 17, 13, 9, 5, 2, 0, -2, -5, -9, -13, -17, -21, -26,
		-32, -26, -21, -17, -13, -9, -5, -2, 0, 2, 5, 9, 13, 17, 21, 26, 32,
	}
	inverseAngle = [15]int32{
		-4096, -1638, -910, -630, -482, -390, -315, -256, -315, -390, -482, -630, -910, -1638, -4096,
	}
)

// betaTable and tcTable are table 8-12.
var (
	betaTable = [52]uint8{
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
		20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62, 64,
	}
	tcTable = [54]uint8{
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2,
		3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 11, 13, 14, 16, 18, 20, 22, 24,
	}
)
