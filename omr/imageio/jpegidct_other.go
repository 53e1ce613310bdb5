//go:build !amd64 || purego

package imageio

// idct writes to out[0], out[stride] …, eight samples each.
func idct(coefs, quant *[64]int16, out []uint8, stride int) {
	transformPlain(coefs, quant, out, stride)
}
