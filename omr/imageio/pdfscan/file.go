package pdfscan

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
)

// entry is where an object lies: at an offset, or as the index-th of an object stream.
type entry struct {
	offset     int
	generation int
	stream     int // number of the object stream; 0: none
	index      int
}

// readTables follows the chain of cross-reference tables and streams from the
// file's end (7.5.4 to 7.5.8). Newer entries come first and stay.
func (f *File) readTables() error {
	tail := f.data[max(0, len(f.data)-2048):]
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return errSyntax
	}
	l := lexer{data: tail, at: i + len("startxref")}
	at, err := l.next(0, false)
	if err != nil {
		return err
	}
	seen := map[int]bool{}
	queue := []object{at}
	for len(queue) > 0 {
		n, ok := queue[0].(float64)
		queue = queue[1:]
		offset := int(n)
		if !ok || offset < 0 || offset >= len(f.data) {
			return errSyntax
		}
		if seen[offset] {
			continue
		}
		seen[offset] = true
		t, err := f.table(offset)
		if err != nil {
			return err
		}
		if f.trailer == nil {
			f.trailer = t
		}
		for _, k := range []name{"XRefStm", "Prev"} {
			if v := t[k]; v != nil {
				queue = append(queue, v)
			}
		}
	}
	return nil
}

// table reads one cross-reference section and gives its trailer.
func (f *File) table(offset int) (dict, error) {
	l := lexer{data: f.data, at: offset}
	l.skip()
	if !bytes.HasPrefix(l.data[l.at:], []byte("xref")) {
		return f.tableStream(l.at)
	}
	l.at += len("xref")
	for {
		o, err := l.next(0, false)
		if err != nil {
			return nil, err
		}
		if o == operator("trailer") {
			break
		}
		first, ok := o.(float64)
		o, err = l.next(0, false)
		count, ok2 := o.(float64)
		if err != nil || !ok || !ok2 || first < 0 || count < 0 || first+count > maxObjects {
			return nil, errSyntax
		}
		for i := range int(count) {
			var row [3]object
			for k := range row {
				if row[k], err = l.next(0, false); err != nil {
					return nil, err
				}
			}
			at, ok := row[0].(float64)
			generation, ok2 := row[1].(float64)
			if !ok || !ok2 {
				return nil, errSyntax
			}
			if row[2] == operator("n") {
				f.enter(int(first)+i, entry{offset: int(at), generation: int(generation)})
			}
		}
	}
	o, err := l.next(0, true)
	t, ok := o.(dict)
	if err != nil || !ok {
		return nil, errSyntax
	}
	return t, nil
}

func (f *File) enter(number int, e entry) {
	if _, newer := f.entries[number]; !newer && number > 0 {
		f.entries[number] = e
	}
}

// tableStream reads a cross-reference stream (7.5.8).
func (f *File) tableStream(offset int) (dict, error) {
	_, o, err := f.indirect(offset)
	s, ok := o.(*stream)
	if err != nil || !ok || s.dict["Type"] != name("XRef") {
		return nil, errSyntax
	}
	rows, err := f.decode(s, maxContent)
	if err != nil {
		return nil, err
	}
	widths, ok := s.dict["W"].(array)
	if !ok || len(widths) != 3 {
		return nil, errSyntax
	}
	var w [3]int
	for i := range w {
		v, ok := widths[i].(float64)
		if !ok || v < 0 || v > 7 {
			return nil, errSyntax
		}
		w[i] = int(v)
	}
	index, ok := s.dict["Index"].(array)
	if !ok {
		index = array{0.0, s.dict["Size"]}
	}
	size := w[0] + w[1] + w[2]
	if size == 0 {
		return nil, errSyntax
	}
	for i := 0; i+1 < len(index); i += 2 {
		first, ok := index[i].(float64)
		count, ok2 := index[i+1].(float64)
		if !ok || !ok2 || first < 0 || count < 0 || first+count > maxObjects {
			return nil, errSyntax
		}
		for k := range int(count) {
			if len(rows) < size {
				break
			}
			kind, a, b := 1, bigEndian(rows[w[0]:w[0]+w[1]]), bigEndian(rows[w[0]+w[1]:size])
			if w[0] > 0 {
				kind = bigEndian(rows[:w[0]])
			}
			rows = rows[size:]
			switch kind {
			case 1:
				f.enter(int(first)+k, entry{offset: a, generation: b})
			case 2:
				f.enter(int(first)+k, entry{stream: a, index: b})
			}
		}
	}
	return s.dict, nil
}

func bigEndian(b []byte) (v int) {
	for _, c := range b {
		v = v<<8 | int(c)
	}
	return v
}

// indirect reads "number generation obj … endobj" at an offset.
func (f *File) indirect(offset int) (number int, o object, err error) {
	if offset < 0 || offset >= len(f.data) {
		return 0, nil, errSyntax
	}
	l := lexer{data: f.data, at: offset}
	var head [3]object
	for i := range head {
		if head[i], err = l.next(0, false); err != nil {
			return 0, nil, err
		}
	}
	n, ok := head[0].(float64)
	if !ok || head[2] != operator("obj") {
		return 0, nil, errSyntax
	}
	if o, err = l.next(0, true); err != nil {
		return 0, nil, err
	}
	d, ok := o.(dict)
	if !ok {
		return int(n), o, nil
	}
	l.skip()
	if !bytes.HasPrefix(l.data[l.at:], []byte("stream")) {
		return int(n), d, nil
	}
	at := l.at + len("stream")
	if bytes.HasPrefix(l.data[at:], []byte("\r\n")) {
		at += 2
	} else if at < len(l.data) && (l.data[at] == '\n' || l.data[at] == '\r') {
		at++
	}
	return int(n), &stream{d, f.body(d, at)}, nil
}

// body is a stream's bytes: as long as it says where that ends before the word
// endstream, else up to that word.
func (f *File) body(d dict, at int) []byte {
	length, ok := d["Length"].(float64)
	if r, indirect := d["Length"].(ref); indirect && f.entries[r.number].stream == 0 {
		if e, known := f.entries[r.number]; known {
			if _, o, err := f.indirect(e.offset); err == nil {
				length, ok = o.(float64)
			}
		}
	}
	if end := at + int(length); ok && length >= 0 && end <= len(f.data) {
		l := lexer{data: f.data, at: end}
		for l.at < len(l.data) && space(l.data[l.at]) {
			l.at++
		}
		if bytes.HasPrefix(l.data[l.at:], []byte("endstream")) {
			return f.data[at:end]
		}
	}
	rest := f.data[min(at, len(f.data)):]
	if i := bytes.Index(rest, []byte("endstream")); i >= 0 {
		rest = rest[:i]
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(rest, []byte("\n")), []byte("\r"))
}

var errMissing = errors.New("a PDF object is missing")

// resolve follows references to what they stand for; a missing object is nil (7.3.10).
func (f *File) resolve(o object) object {
	for range maxDepth {
		r, ok := o.(ref)
		if !ok {
			return o
		}
		v, err := f.load(r.number)
		if err != nil {
			return nil
		}
		o = v
	}
	return nil
}

func (f *File) load(number int) (object, error) {
	e, ok := f.entries[number]
	if !ok {
		return nil, errMissing
	}
	if e.stream == 0 {
		n, o, err := f.indirect(e.offset)
		if err == nil && n != number {
			return nil, errMissing
		}
		return o, err
	}
	holder, ok := f.entries[e.stream]
	if !ok || holder.stream != 0 {
		return nil, errMissing
	}
	_, o, err := f.indirect(holder.offset)
	s, ok := o.(*stream)
	if err != nil || !ok {
		return nil, errMissing
	}
	return f.packed(e.stream, s, number)
}

// maxHeld bounds the decoded object streams that a File keeps.
const maxHeld = 4 * maxContent

// unpackedStream is a decoded object stream: a page tree asks for its objects
// one by one.
func (f *File) unpackedStream(holder int, s *stream) ([]byte, error) {
	if data, ok := f.unpacked[holder]; ok {
		return data, nil
	}
	f.unpacked[holder] = nil // a stream that needs itself to be decoded finds nothing
	data, err := f.decode(s, maxContent)
	if err != nil || f.held+len(data) > maxHeld {
		delete(f.unpacked, holder)
		return data, err
	}
	f.unpacked[holder] = data
	f.held += len(data)
	return data, nil
}

// packed is an object of an object stream (7.5.7).
func (f *File) packed(holder int, s *stream, number int) (object, error) {
	data, err := f.unpackedStream(holder, s)
	if err != nil {
		return nil, err
	}
	count, _ := s.dict["N"].(float64)
	first, _ := s.dict["First"].(float64)
	l := lexer{data: data}
	for range int(min(count, maxObjects)) {
		n, err := l.next(0, false)
		if err != nil {
			return nil, err
		}
		at, err := l.next(0, false)
		if err != nil {
			return nil, err
		}
		offset, ok := at.(float64)
		if n == float64(number) && ok {
			if at := int(first) + int(offset); at >= 0 && at < len(data) {
				inner := lexer{data: data, at: at}
				return inner.next(0, true)
			}
			return nil, errSyntax
		}
	}
	return nil, errMissing
}

var objectHead = regexp.MustCompile(`(?:^|[\r\n\t\f\x00 ])(\d{1,7})[ \t]+(\d{1,5})[ \t]+obj\b`)

// rebuild finds the objects by their heads; of equal numbers the last one counts,
// as the last writer meant it.
func (f *File) rebuild() {
	for _, m := range objectHead.FindAllSubmatchIndex(f.data, maxObjects) {
		n, err := strconv.Atoi(string(f.data[m[2]:m[3]]))
		if err == nil && n > 0 {
			f.entries[n] = entry{offset: m[2]}
		}
	}
	f.trailer = dict{}
	for number, e := range f.entries {
		_, o, err := f.indirect(e.offset)
		if err != nil {
			continue
		}
		switch o := o.(type) {
		case dict:
			if o["Type"] == name("Catalog") {
				f.trailer["Root"] = ref{number: number}
			}
		case *stream:
			if o.dict["Type"] == name("XRef") && o.dict["Encrypt"] != nil {
				f.trailer["Encrypt"] = o.dict["Encrypt"]
			}
			if o.dict["Type"] == name("ObjStm") {
				f.unpack(number, o)
			}
		}
	}
	for at := 0; ; {
		i := bytes.Index(f.data[at:], []byte("trailer"))
		if i < 0 {
			return
		}
		at += i + len("trailer")
		l := lexer{data: f.data, at: at}
		if o, err := l.next(0, true); err == nil {
			if t, ok := o.(dict); ok {
				for k, v := range t {
					f.trailer[k] = v
				}
			}
		}
	}
}

// unpack enters the objects of an object stream that are nowhere else.
func (f *File) unpack(number int, s *stream) {
	data, err := f.decode(s, maxContent)
	if err != nil {
		return
	}
	count, _ := s.dict["N"].(float64)
	l := lexer{data: data}
	for i := range int(min(count, maxObjects)) {
		n, err := l.next(0, false)
		if err != nil {
			return
		}
		if _, err = l.next(0, false); err != nil {
			return
		}
		v, ok := n.(float64)
		if !ok || v < 1 || v > maxObjects {
			return
		}
		f.enter(int(v), entry{stream: number, index: i})
		if o, err := f.packed(number, s, int(v)); err == nil {
			if d, ok := o.(dict); ok && d["Type"] == name("Catalog") {
				f.trailer["Root"] = ref{number: int(v)}
			}
		}
	}
}

// inherited are the attributes that a page takes from the nodes above it (7.7.3.4).
var inherited = [...]name{"Resources", "MediaBox", "CropBox", "Rotate"}

// listPages walks the page tree.
func (f *File) listPages() error {
	root, ok := f.resolve(f.trailer["Root"]).(dict)
	if !ok {
		return errMissing
	}
	seen := map[ref]bool{}
	var walk func(o object, above dict, depth int) error
	walk = func(o object, above dict, depth int) error {
		if r, ok := o.(ref); ok {
			if seen[r] {
				return errSyntax
			}
			seen[r] = true
		}
		node, ok := f.resolve(o).(dict)
		if !ok || depth > maxDepth || len(f.pages) >= maxPages {
			return errSyntax
		}
		own := dict{}
		for _, k := range inherited {
			if v := node[k]; v != nil {
				own[k] = v
			} else if v := above[k]; v != nil {
				own[k] = v
			}
		}
		kids, ok := f.resolve(node["Kids"]).(array)
		if !ok {
			for k, v := range node {
				own[k] = v
			}
			f.pages = append(f.pages, own)
			return nil
		}
		for _, k := range kids {
			if err := walk(k, own, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk(root["Pages"], dict{}, 0); err != nil {
		return err
	}
	if len(f.pages) == 0 {
		return errMissing
	}
	return nil
}
