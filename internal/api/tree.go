package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/internal/api/wire"
)

// node is a place in the tree of routes, a segment a level.
type node struct {
	fixed  map[string]*node // by lower-case segment
	param  *node            // any one segment
	tail   *node            // all that are left
	names  []string         // of the parameters on the way here
	routes []wire.Route     // one a method; empty: no route ends here
}

type param struct{ name, value string }

// add puts a route in its place. A path that two routes spell with different
// parameters is our own mistake.
func (n *node) add(r wire.Route) {
	var names []string
	for _, seg := range split(r.Path) {
		name, isParam := strings.CutPrefix(seg, "{")
		name = strings.TrimSuffix(name, "}")
		switch {
		case !isParam:
			if n.fixed == nil {
				n.fixed = map[string]*node{}
			}
			if n.fixed[seg] == nil {
				n.fixed[seg] = &node{}
			}
			n = n.fixed[seg]
		case strings.HasSuffix(name, "..."):
			names = append(names, strings.TrimSuffix(name, "..."))
			if n.tail == nil {
				n.tail = &node{}
			}
			n = n.tail
		default:
			names = append(names, name)
			if n.param == nil {
				n.param = &node{}
			}
			n = n.param
		}
	}
	if len(n.routes) > 0 && !slices.Equal(n.names, names) || n.route(r.Method) != nil {
		panic("api: two routes in one place: " + r.Method + " " + r.Path)
	}
	n.names = names
	n.routes = append(n.routes, r)
}

// find is the place of a path, nil where no route ends. Fixed segments compare
// without case and come before parameters.
func (n *node) find(path []string) (*node, []param) {
	at, values := n.walk(path, nil)
	if at == nil {
		return nil, nil
	}
	params := make([]param, len(values))
	for i, v := range values {
		params[i] = param{at.names[i], v}
	}
	return at, params
}

func (n *node) walk(path, values []string) (*node, []string) {
	if len(path) == 0 {
		if len(n.routes) > 0 {
			return n, values
		}
		if n.tail != nil {
			return n.tail, append(values, "")
		}
		return nil, nil
	}
	if next := n.fixed[strings.ToLower(path[0])]; next != nil {
		if at, v := next.walk(path[1:], values); at != nil {
			return at, v
		}
	}
	if n.param != nil {
		if at, v := n.param.walk(path[1:], append(slices.Clip(values), path[0])); at != nil {
			return at, v
		}
	}
	if n.tail != nil {
		return n.tail, append(slices.Clip(values), strings.Join(path, "/"))
	}
	return nil, nil
}

// route is the one that answers method; HEAD is answered as GET.
func (n *node) route(method string) *wire.Route {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for i := range n.routes {
		if n.routes[i].Method == method {
			return &n.routes[i]
		}
	}
	return nil
}

// allow is the Allow header of this place.
func (n *node) allow() string {
	var methods []string
	for _, r := range n.routes {
		methods = append(methods, r.Method)
		if r.Method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	return strings.Join(methods, ", ")
}
