package heif

import (
	"bytes"
	"errors"
	"fmt"
)

// meta is the content of the meta box.
type meta struct {
	primary    uint32
	items      map[uint32]*item
	properties []property
	idat       []byte
	references []reference
}

// maxProperties of an item; a dozen is many.
const maxProperties = 1000

// item is a picture or other thing of the file.
type item struct {
	kind       string
	protected  bool
	method     int // construction method
	outside    bool
	extents    []extent
	properties []association
}

type extent struct{ offset, length uint64 }

type property struct {
	kind    string
	content []byte
}

type association struct {
	index     int // into properties
	essential bool
}

type reference struct {
	kind string
	from uint32
	to   []uint32
}

func (m *meta) item(id uint32) *item {
	it := m.items[id]
	if it == nil {
		it = &item{}
		m.items[id] = it
	}
	return it
}

func parseMeta(data []byte) (*meta, error) {
	m := &meta{items: map[uint32]*item{}}
	r := reader{data: data}
	r.full()
	handled := false
	err := boxes(r.data, func(kind string, content []byte) error {
		r := &reader{data: content}
		switch kind {
		case "hdlr":
			r.take(8)
			if string(r.take(4)) != "pict" {
				return UnsupportedError("items that are not pictures")
			}
			handled = true
		case "pitm":
			version, _ := r.full()
			m.primary = r.id(version > 0)
		case "iinf":
			return m.infos(r)
		case "iloc":
			return m.locations(r)
		case "iprp":
			return m.itemProperties(content)
		case "iref":
			return m.itemReferences(r)
		case "idat":
			m.idat = content
		}
		return r.err()
	})
	if err == nil && (r.over || !handled) {
		err = errors.New("it does not say that it holds pictures")
	}
	return m, err
}

// infos reads what kinds the items have (14496-12, 8.11.6).
func (m *meta) infos(r *reader) error {
	if version, _ := r.full(); version == 0 {
		r.u16()
	} else {
		r.u32()
	}
	return boxes(r.data, func(kind string, content []byte) error {
		if kind != "infe" {
			return nil
		}
		r := &reader{data: content}
		version, _ := r.full()
		if version < 2 {
			return nil // of the time before pictures
		}
		it := m.item(r.id(version > 2))
		it.protected = r.u16() != 0
		it.kind = string(r.take(4))
		return r.err()
	})
}

// locations reads where the items' data lie (14496-12, 8.11.3).
func (m *meta) locations(r *reader) error {
	version, _ := r.full()
	if version > 2 {
		return UnsupportedError(fmt.Sprintf("a table of places of version %d", version))
	}
	sizes := r.u16()
	offsetSize, lengthSize, baseSize, indexSize := sizes>>12, sizes>>8&15, sizes>>4&15, sizes&15
	if version == 0 {
		indexSize = 0
	}
	for _, n := range []int{offsetSize, lengthSize, baseSize, indexSize} {
		if n != 0 && n != 4 && n != 8 {
			return fmt.Errorf("its table of places has numbers of %d bytes", n)
		}
	}
	count := uint64(r.id(version == 2))
	for ; count > 0 && !r.over; count-- {
		it := m.item(r.id(version == 2))
		if version > 0 {
			it.method = r.u16() & 15
		}
		it.outside = r.u16() != 0
		base := r.uint(baseSize)
		it.extents = it.extents[:0]
		for n := r.u16(); n > 0 && !r.over; n-- {
			r.uint(indexSize)
			e := extent{offset: r.uint(offsetSize), length: r.uint(lengthSize)}
			if e.offset += base; e.offset < base {
				return errors.New("a place in it is out of range")
			}
			if len(it.extents) > 0 && offsetSize+lengthSize == 0 {
				return errors.New("its table of places repeats one")
			}
			it.extents = append(it.extents, e)
		}
	}
	return r.err()
}

// itemProperties reads the properties and whose they are (23008-12, 9.3).
func (m *meta) itemProperties(data []byte) error {
	return boxes(data, func(kind string, content []byte) error {
		switch kind {
		case "ipco":
			return boxes(content, func(kind string, content []byte) error {
				m.properties = append(m.properties, property{kind, content})
				return nil
			})
		case "ipma":
			r := &reader{data: content}
			version, flags := r.full()
			for count := r.u32(); count > 0 && !r.over; count-- {
				it := m.item(r.id(version > 0))
				for n := r.u8(); n > 0 && !r.over; n-- {
					var v int
					var a association
					if flags&1 != 0 {
						v = r.u16()
						a = association{index: v&0x7fff - 1, essential: v>>15 != 0}
					} else {
						v = r.u8()
						a = association{index: v&0x7f - 1, essential: v>>7 != 0}
					}
					if a.index >= 0 {
						it.properties = append(it.properties, a)
					}
					if len(it.properties) > maxProperties {
						return errors.New("an item has too many properties")
					}
				}
			}
			return r.err()
		}
		return nil
	})
}

// itemReferences reads 14496-12, 8.11.12.
func (m *meta) itemReferences(r *reader) error {
	version, _ := r.full()
	return boxes(r.data, func(kind string, content []byte) error {
		r := &reader{data: content}
		ref := reference{kind: kind, from: r.id(version > 0)}
		for n := r.u16(); n > 0 && !r.over; n-- {
			ref.to = append(ref.to, r.id(version > 0))
		}
		m.references = append(m.references, ref)
		return r.err()
	})
}

// from are the items that an item refers to.
func (m *meta) from(kind string, id uint32) []uint32 {
	for _, r := range m.references {
		if r.kind == kind && r.from == id {
			return r.to
		}
	}
	return nil
}

// bytes are an item's data.
func (f *File) bytes(it *item) ([]byte, error) {
	if it.protected {
		return nil, UnsupportedError("encrypted items")
	}
	if it.outside {
		return nil, UnsupportedError("data in other files")
	}
	source := f.data
	switch it.method {
	case 0:
	case 1:
		source = f.meta.idat
	default:
		return nil, UnsupportedError("items cut from other items")
	}
	var out []byte
	for i, e := range it.extents {
		if e.offset > uint64(len(source)) {
			return nil, errCutOff
		}
		part := source[e.offset:]
		if e.length > uint64(len(part)) {
			return nil, errCutOff
		}
		if e.length > 0 {
			part = part[:e.length]
		}
		switch {
		case len(it.extents) == 1:
			return part, nil
		case len(out)+len(part) > len(f.data):
			return nil, errors.New("an item is larger than the file")
		case i == 0:
			out = bytes.Clone(part)
		default:
			out = append(out, part...)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("an item has no data")
	}
	return out, nil
}
