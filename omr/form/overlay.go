package form

// Over is s laid over base: what s does not give is taken from base.
func (s Settings) Over(base Settings) Settings {
	return Settings{
		PaperSize:       or(s.PaperSize, base.PaperSize),
		Orientation:     or(s.Orientation, base.Orientation),
		PageMarginLeft:  or(s.PageMarginLeft, base.PageMarginLeft),
		PageMarginRight: or(s.PageMarginRight, base.PageMarginRight),
		FontFamily:      or(s.FontFamily, base.FontFamily),
		FontSize:        or(s.FontSize, base.FontSize),
		FontStyle:       or(s.FontStyle, base.FontStyle),
		BubbleColor:     or(s.BubbleColor, base.BubbleColor),
		BubbleSize:      or(s.BubbleSize, base.BubbleSize),
		Overflow:        or(s.Overflow, base.Overflow),
		RotationMarker:  or(s.RotationMarker, base.RotationMarker),
		OffsetTop:       or(s.OffsetTop, base.OffsetTop),
		OffsetBottom:    or(s.OffsetBottom, base.OffsetBottom),
		OffsetLeft:      or(s.OffsetLeft, base.OffsetLeft),
		OffsetRight:     or(s.OffsetRight, base.OffsetRight),
		Multiselect:     or(s.Multiselect, base.Multiselect),
		WritingSystem:   or(s.WritingSystem, base.WritingSystem),
		NativeNumbers:   or(s.NativeNumbers, base.NativeNumbers),
		LongWords:       or(s.LongWords, base.LongWords),
	}
}
