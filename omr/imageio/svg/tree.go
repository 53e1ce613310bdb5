package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// node is an element of the drawing; attrs hold presentation attributes and style
// declarations alike, the stronger one.
type node struct {
	name     string
	attrs    map[string]string
	children []*node
}

func (n *node) attr(name string) string { return n.attrs[name] }

const (
	svgSpace   = "http://www.w3.org/2000/svg"
	xlinkSpace = "http://www.w3.org/1999/xlink"
)

// readTree reads the elements of the namespace of SVG; those of drawing programs
// are passed over.
func readTree(data []byte) (*node, map[string]*node, error) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = latin1
	var (
		root  *node
		stack []*node
		sheet strings.Builder
		count int
	)
	byID := map[string]*node{}
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, unreadable(err.Error())
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Space != "" && t.Name.Space != svgSpace {
				if err := dec.Skip(); err != nil {
					return nil, nil, unreadable(err.Error())
				}
				continue
			}
			if count++; count > maxNodes || len(stack) > maxDepth {
				return nil, nil, tooLarge(fmt.Sprintf("more than %d elements, or nested deeper than %d", maxNodes, maxDepth))
			}
			n := &node{name: t.Name.Local, attrs: map[string]string{}}
			for _, a := range t.Attr {
				if a.Name.Space == "" || a.Name.Space == xlinkSpace || a.Name.Space == "xlink" {
					n.attrs[a.Name.Local] = a.Value
				}
			}
			if id := n.attrs["id"]; id != "" && byID[id] == nil {
				byID[id] = n
			}
			if len(stack) == 0 {
				if n.name != "svg" || root != nil {
					return nil, nil, unreadable(fmt.Sprintf("its root is <%s>", n.name))
				}
				root = n
			} else {
				top := stack[len(stack)-1]
				top.children = append(top.children, n)
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 && stack[len(stack)-1].name == "style" {
				sheet.Write(t)
			}
		}
	}
	if root == nil {
		return nil, nil, unreadable("it holds no element")
	}
	rules, err := parseSheet(sheet.String())
	if err != nil {
		return nil, nil, err
	}
	root.apply(rules)
	return root, byID, nil
}

// latin1 reads the one other encoding in which drawings are found: its first 256
// characters are those of Unicode.
func latin1(label string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "us-ascii", "ascii":
		return in, nil
	case "iso-8859-1", "latin1", "windows-1252":
		data, err := io.ReadAll(in)
		out := make([]rune, len(data))
		for i, b := range data {
			out[i] = rune(b)
		}
		return strings.NewReader(string(out)), err
	}
	return nil, fmt.Errorf("the encoding %q is not known", label)
}

// rule is a style rule of one simple selector.
type rule struct {
	name, class, id string // empty: any
	declarations    map[string]string
}

// weight orders rules: identifiers over classes over names (CSS 2.1, 6.4.3).
func (r rule) weight() int {
	w := 0
	if r.id != "" {
		w += 100
	}
	if r.class != "" {
		w += 10
	}
	if r.name != "" {
		w++
	}
	return w
}

func (r rule) fits(n *node) bool {
	return (r.name == "" || r.name == n.name) && (r.id == "" || r.id == n.attrs["id"]) &&
		(r.class == "" || slices.Contains(strings.Fields(n.attrs["class"]), r.class))
}

// parseSheet reads style rules whose selectors are a name, class, identifier or a
// name with one of them; others are refused.
func parseSheet(css string) ([]rule, error) {
	for {
		from := strings.Index(css, "/*")
		if from < 0 {
			break
		}
		n := strings.Index(css[from:], "*/")
		if n < 0 {
			return nil, unreadable("a comment of its style sheet does not end")
		}
		css = css[:from] + " " + css[from+n+2:]
	}
	css = strings.NewReplacer("<![CDATA[", "", "]]>", "", "<!--", "", "-->", "").Replace(css)
	var rules []rule
	for strings.TrimSpace(css) != "" {
		selectors, rest, ok := strings.Cut(css, "{")
		body, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return nil, unreadable("its style sheet is cut off")
		}
		css = after
		declarations := parseDeclarations(body)
		for s := range strings.SplitSeq(selectors, ",") {
			s = strings.TrimSpace(s)
			r := rule{declarations: declarations}
			if s == "" || strings.HasPrefix(s, "@") || strings.ContainsAny(s, " \t\r\n>+~:[") {
				return nil, unsupported(fmt.Sprintf("the style rule %q", s))
			}
			if i := strings.IndexAny(s, ".#"); i >= 0 {
				word := s[i+1:]
				if word == "" || strings.ContainsAny(word, ".#") {
					return nil, unsupported(fmt.Sprintf("the style rule %q", s))
				}
				if s[i] == '.' {
					r.class = word
				} else {
					r.id = word
				}
				s = s[:i]
			}
			if s != "*" {
				r.name = s
			}
			rules = append(rules, r)
			if len(rules) > maxNodes/100 {
				return nil, tooLarge("too many style rules")
			}
		}
	}
	slices.SortStableFunc(rules, func(a, b rule) int { return a.weight() - b.weight() })
	return rules, nil
}

func parseDeclarations(s string) map[string]string {
	out := map[string]string{}
	for d := range strings.SplitSeq(s, ";") {
		if k, v, ok := strings.Cut(d, ":"); ok {
			v = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(v), "!important"))
			out[strings.ToLower(strings.TrimSpace(k))] = v
		}
	}
	return out
}

// apply lays rules and style attributes over the attributes.
func (n *node) apply(rules []rule) {
	for _, r := range rules {
		if r.fits(n) {
			for k, v := range r.declarations {
				n.attrs[k] = v
			}
		}
	}
	if s := n.attrs["style"]; s != "" {
		for k, v := range parseDeclarations(s) {
			n.attrs[k] = v
		}
	}
	for _, c := range n.children {
		c.apply(rules)
	}
}
