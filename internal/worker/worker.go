// Package worker does the work of one attempt at a task: payload, engine, result.
//
// In: a task.Attempt. Out: a task.Outcome: printable pages and a pattern, or a
// table, crops and the sheets as JSON; messages and warnings worded as the
// compatible API shows them (spec/api.md 5.4). A fault of the input is an Outcome
// with a Problem, a fault of ours an error, which package task tries again.
package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/typeset"
)

// Engine is what the worker needs of package omr. Implementations are safe for
// concurrent use.
type Engine interface {
	// Generate makes pages and pattern; the list holds every diagnostic.
	Generate(context.Context, omr.GenerateRequest) (*omr.Generated, fault.List)
	// ReadPattern reads a pattern; the list holds its warnings.
	ReadPattern([]byte) (*pattern.Pattern, fault.List, error)
	// Read reads each picture of a file by itself; the texts are warnings about the file.
	Read(context.Context, *pattern.Pattern, omr.Scan, omr.RecognizeOptions) ([]*omr.Reading, []string)
	// Sheets joins readings to sheets.
	Sheets(*pattern.Pattern, []*omr.Reading, omr.RecognizeOptions) []omr.Outcome
}

// Options of a Handler; the zero value is the installation's default.
type Options struct {
	Policy     string               // of submissions that name none: strict, normal, lenient; empty: normal
	GridConcat bool                 // spec/markup.md A-4
	Engine     Engine               // nil: package omr
	Faces      *typeset.Faces       // fonts of the operator; nil: the embedded ones alone
	PDF        imageio.PageRenderer // draws PDF pages that are no scans; nil: these are refused
	NoHEIC     bool                 // HEIC pictures are refused
	Now        func() time.Time     // for the sheets' timings; nil: time.Now
}

// Handler is a task.Handler for both kinds of tasks.
func Handler(opt Options) task.Handler {
	if opt.Engine == nil {
		opt.Engine = engine{}
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return func(ctx context.Context, a task.Attempt) (task.Outcome, error) {
		switch {
		case a.Kind == task.Generate && a.Generate != nil:
			return generate(ctx, a.Generate, opt)
		case a.Kind == task.Recognize && a.Recognize != nil:
			return recognize(ctx, a.Recognize, opt)
		}
		return task.Outcome{}, fmt.Errorf("attempt at task %s has no job of kind %q", a.ID, a.Kind)
	}
}

// engine is package omr.
type engine struct{}

func (engine) Generate(ctx context.Context, req omr.GenerateRequest) (*omr.Generated, fault.List) {
	return omr.Generate(ctx, req)
}

func (engine) ReadPattern(b []byte) (*pattern.Pattern, fault.List, error) { return omr.ReadPattern(b) }

func (engine) Read(ctx context.Context, p *pattern.Pattern, scan omr.Scan, opt omr.RecognizeOptions) ([]*omr.Reading, []string) {
	return omr.Read(ctx, p, scan, opt)
}

func (engine) Sheets(p *pattern.Pattern, readings []*omr.Reading, opt omr.RecognizeOptions) []omr.Outcome {
	return omr.Sheets(p, readings, opt)
}
