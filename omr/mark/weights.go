package mark

// Weights of evidence, fitted by package learn to simulated sheets of any pen and
// style on any material.

const bias = 33.9924

var weights = [len(pieces)]float64{
	0.9374,   // fill
	0.0951,   // coverage
	0.9284,   // rim
	1.3408,   // core
	0.0000,   // tint
	0.0000,   // stroke
	1.0028,   // lift
	0.6974,   // over
	0.0000,   // beside
	-4.1519,  // rough
	0.3757,   // fill beyond shade
	0.3188,   // fill over empty
	0.8449,   // fill against usual
	1.1152,   // core against usual
	0.1362,   // coverage against usual
	0.2556,   // tint against usual
	0.9399,   // lift against usual
	0.5039,   // stroke against usual
	1.6041,   // above the sheet's gap
	3.0550,   // over against usual
	0.6411,   // against the field's strongest
	-0.3554,  // stronger ones in the field
	-2.1723,  // marks in the field
	-1.0620,  // usual fill
	-0.2617,  // usual core
	0.2628,   // usual coverage
	0.3514,   // fields with marks
	0.0000,   // usual second
	0.0000,   // empty spread
	-0.6237,  // sheet's gap
	8.8440,   // symbol
	0.0000,   // symbol unknown
	0.4251,   // symbol unseen
	0.0000,   // shade
	-12.2466, // focus
	-3.2190,  // outline
	2.3301,   // ink
	-1.7938,  // size
	0.0000,   // strokes beside
}
