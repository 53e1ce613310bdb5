package hevc

// residual decodes the coefficients of a block (clause 7.3.8.11); those of luma are
// scaled, transformed and added to the prediction at (x0, y0). component is 0 for
// luma, 1 for Cb, 2 for Cr; mode the prediction mode of the component.
func (d *Decoder) residual(x0, y0, log2, component, mode int) {
	c, s := &d.c, d.sps
	luma := component == 0
	skip := false
	if d.pps.transformSkip && !d.cuBypass && log2 <= d.pps.maxSkip {
		ctx := ctxSkip
		if !luma {
			ctx++
		}
		skip = c.bin(&d.ctx[ctx]) == 1
	}
	scan := scanDiagonal
	if log2 == 2 || log2 == 3 && (luma || s.chromaArray() == 3) {
		switch {
		case mode >= 6 && mode <= 14:
			scan = scanVertical
		case mode >= 22 && mode <= 30:
			scan = scanHorizontal
		}
	}
	lastX, lastY := d.last(log2, luma)
	if scan == scanVertical {
		lastX, lastY = lastY, lastX
	}

	flat := skip || d.cuBypass
	rdpcm := flat && s.implicitRDPCM && (mode == 10 || mode == 26)
	hiding := d.pps.signHiding && !d.cuBypass && !rdpcm
	riceClass := 0
	if luma {
		riceClass = 2
	}
	if flat {
		riceClass++
	}

	// Contexts that depend on the block alone.
	sigBase, greaterBase, greater2Base, subBase := ctxSig, ctxGreater1, ctxGreater2, ctxCodedSub
	sigFirst, sigOther := 0, 0 // within the first sub-block and the others
	switch {
	case s.skipContext && flat:
	case log2 == 2:
	case luma && log2 == 3:
		sigFirst = 9
		if scan != scanDiagonal {
			sigFirst = 15
		}
		sigOther = sigFirst + 3
	case luma:
		sigFirst, sigOther = 21, 24
	case log2 == 3:
		sigFirst, sigOther = 9, 9
	default:
		sigFirst, sigOther = 12, 12
	}
	if !luma {
		sigBase += 27
		greaterBase += 16
		greater2Base += 4
		subBase += 2
	}

	subs, places := &scanSub[scan][log2-2], &scan4[scan]
	edge := 1<<(log2-2) - 1 // the last sub-block in x and y
	last := int(placeOfSub[scan][log2-2][lastY>>2<<3|lastX>>2])
	lastPlace := int(placeIn4[scan][lastY&3<<2|lastX&3])

	var codedSubs uint64 // by y<<3 | x
	var maxX, maxY int   // the furthest sub-blocks with coefficients
	greater1 := uint32(1)
	first := true
	var found [16]uint8 // places of coefficients in the sub-block
	var level [16]int32
	scaler := d.scaler(log2, skip)
	coef := d.coef[:1<<(2*log2)]

	for i := last; i >= 0; i-- {
		at := int(subs[i&63])
		xs, ys := at&7, at>>3
		around := 0
		if xs < edge {
			around = int(codedSubs >> (at + 1) & 1)
		}
		if ys < edge {
			around |= int(codedSubs>>(at+8)&1) << 1
		}
		coded, infer := true, false
		if i < last && i > 0 {
			coded = c.bin(&d.ctx[subBase+min(around, 1)]) == 1
			infer = true
		}
		if !coded {
			continue
		}
		codedSubs |= 1 << at

		// Which coefficients are not zero.
		n := 0
		k := 15
		if i == last {
			k = lastPlace - 1
			found[0] = uint8(lastPlace)
			n = 1
		}
		switch {
		case s.skipContext && flat:
			ctx := ctxSig + 42
			if !luma {
				ctx++
			}
			for ; k > 0 || k == 0 && (!infer || n > 0); k-- {
				if c.bin(&d.ctx[ctx]) == 1 {
					found[n&15] = uint8(k)
					n++
				}
			}
		default:
			row := &sigContext[around&3]
			base := sigBase + sigOther
			if log2 == 2 {
				row = &sigContext[4]
			} else if i == 0 {
				base = sigBase + sigFirst
			}
			ctx := (*[16]uint8)(d.ctx[base:])
			if k > 0 {
				n = c.significant(ctx, row, places, k, &found, n)
				k = 0
			}
			if k == 0 && (!infer || n > 0) {
				dc := &ctx[row[0]&15]
				if i == 0 {
					dc = &d.ctx[sigBase]
				}
				if c.bin(dc) == 1 {
					found[n&15] = 0
					n++
				}
			}
		}
		if k == 0 && infer && n == 0 {
			found[0] = 0
			n = 1
		}
		if n == 0 {
			continue
		}

		// How large they are.
		set := 0
		if i > 0 && luma {
			set = 2
		}
		if !first && greater1 == 0 {
			set++
		}
		first = false
		greater1 = 1
		escape := n > 8
		second := -1 // the first that is greater than one
		ctx1 := d.ctx[greaterBase+4*set:][:4]
		for j := range min(n, 8) {
			v := c.bin(&ctx1[greater1&3])
			level[j] = int32(1 + v)
			switch {
			case v == 1:
				greater1 = 0
				if second < 0 {
					second = j
				} else {
					escape = true
				}
			case greater1 > 0 && greater1 < 3:
				greater1++
			}
		}
		for j := 8; j < n; j++ {
			level[j&15] = 1
		}
		if second >= 0 && c.bin(&d.ctx[greater2Base+set]) == 1 {
			level[second&15] = 3
			escape = true
		}
		if escape && s.bypassAlign {
			c.rng = 256
		}
		hidden := hiding && found[0]-found[(n-1)&15] > 3
		signs := n
		if hidden {
			signs--
		}
		sign := c.bypasses(signs) << (32 - signs)
		if escape {
			d.remaining(level[:n], riceClass)
		}

		// Their places and signs.
		sum := int32(0)
		for j := range n {
			v := level[j&15]
			sum += v
			if sign>>31 == 1 {
				v = -v
			}
			sign <<= 1
			if hidden && j == n-1 && sum&1 == 1 {
				v = -v
			}
			if luma {
				p := int(places[found[j&15]&15])
				x, y := xs<<2|p&3, ys<<2|p>>2
				place := x<<log2 | y
				if d.cuBypass {
					coef[place] = v
				} else {
					coef[place] = scaler.scale(v, place)
				}
			}
		}
		maxX, maxY = max(maxX, xs), max(maxY, ys)
	}
	if !luma {
		return
	}
	switch {
	case flat:
		d.untransformed(x0, y0, log2, skip, rdpcm)
	case log2 == 2:
		d.sine(x0, y0)
	case last == 0 && lastPlace == 0:
		d.constant(x0, y0, log2)
	default:
		d.cosine(x0, y0, log2, 4*maxX+4, 4*maxY+4)
	}
}

// last is the place of the last coefficient, before the swap of vertical scans
// (clauses 7.4.9.11 and 9.3.4.2.3).
func (d *Decoder) last(log2 int, luma bool) (x, y int) {
	c := &d.c
	offset, shift := 3*(log2-2)+(log2-1)>>2, (log2+1)>>2
	if !luma {
		offset, shift = 15, log2-2
	}
	limit := log2<<1 - 1
	for x < limit && c.bin(&d.ctx[ctxLastX+offset+x>>shift]) == 1 {
		x++
	}
	for y < limit && c.bin(&d.ctx[ctxLastY+offset+y>>shift]) == 1 {
		y++
	}
	return d.lastSuffix(x), d.lastSuffix(y)
}

func (d *Decoder) lastSuffix(prefix int) int {
	if prefix < 4 {
		return prefix
	}
	n := prefix>>1 - 1
	return (2+prefix&1)<<n + int(d.c.bypasses(n))
}

// remaining reads coeff_abs_level_remaining of the levels that may be larger than
// their flags tell (clauses 7.3.8.11 and 9.3.3.11).
func (d *Decoder) remaining(level []int32, class int) {
	c := &d.c
	persistent := d.sps.persistentRice
	rice := 0
	if persistent {
		rice = int(d.rice[class] >> 2)
	}
	start, counted := rice, !persistent
	some := false // a level was greater than one
	for j, v := range level {
		base := int32(1)
		if j < 8 {
			base = 3
			if some {
				base = 2
			}
		}
		if v == base {
			prefix := 0
			for prefix < 32 && c.bypass() == 1 {
				prefix++
			}
			var rest uint32
			switch {
			case prefix <= 3:
				rest = uint32(prefix)<<rice + c.bypasses(rice)
			case prefix-3+rice <= 30:
				n := prefix - 3 + rice
				rest = (1<<(prefix-3)+3-1)<<rice + c.bypasses(n)
			default:
				d.fail = "a coefficient is out of range"
				return
			}
			// Levels have 16 bits (clause 7.4.9.11).
			if rest > 1<<16 {
				d.fail = "a coefficient is out of range"
				return
			}
			v += int32(rest)
			level[j] = v
			if v > 3<<rice && (persistent || rice < 4) {
				rice++
			}
			if !counted {
				counted = true
				if rest >= 3<<start {
					d.rice[class]++
				} else if 2*rest < 1<<start && d.rice[class] > 0 {
					d.rice[class]--
				}
			}
		}
		if v > 1 {
			some = true
		}
	}
}

// scaler scales levels (clause 8.6.4.2).
type scaler struct {
	factor int64
	list   []int32 // by place, in place of the flat factor
	shift  int
	qp     int
}

func (d *Decoder) scaler(log2 int, skip bool) scaler {
	qp := d.qp + 6*(d.sps.depth-8)
	s := scaler{shift: d.sps.depth + log2 - 5, qp: qp / 6}
	if list := d.scale[log2-2][qp%6]; list != nil && (!skip || log2 == 2) {
		s.list = list
	} else {
		s.factor = 16 * levelScale[qp%6] << s.qp
	}
	return s
}

func (s *scaler) scale(level int32, place int) int32 {
	f := s.factor
	if s.list != nil {
		f = int64(s.list[place]) << s.qp
	}
	v := (int64(level)*f + 1<<(s.shift-1)) >> s.shift
	return int32(min(max(v, -1<<15), 1<<15-1))
}
