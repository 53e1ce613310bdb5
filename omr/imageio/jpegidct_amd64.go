//go:build !purego

package imageio

// transform is the inverse transform of a block, coefs times quant, both transposed,
// to eight rows of eight samples at out, clamped (jpegidct_amd64.s; SSE2, which
// every amd64 has).
//
//go:noescape
func transform(coefs, quant *[64]int16, out *uint8, stride int)

// idct writes to out[0], out[stride] …, eight samples each.
func idct(coefs, quant *[64]int16, out []uint8, stride int) {
	_ = out[7*stride+7]
	transform(coefs, quant, &out[0], stride)
}
