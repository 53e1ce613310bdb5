package worker

import (
	"context"
	"fmt"
	"slices"

	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/markup"
)

// generate makes the printable pages in page order, format by format, and the
// pattern as the last file (spec/api.md 5.1).
func generate(ctx context.Context, job *task.GenerateJob, opt Options) (task.Outcome, error) {
	settings, list := markup.ParseSettings(job.Settings)
	if list.Failed() {
		return refused(list, slices.Clone(job.Warnings)), nil
	}
	made, found := opt.Engine.Generate(ctx, omr.GenerateRequest{
		Markup: job.Markup, Settings: settings, Images: job.Images, Formats: job.Formats, Faces: opt.Faces,
	})
	if err := ctx.Err(); err != nil {
		return task.Outcome{}, err
	}
	for _, e := range found {
		if e.Severity == fault.SeverityError && ours(e) {
			return task.Outcome{}, fmt.Errorf("generate: %w", e)
		}
	}
	list = append(list, found...)
	if list.Failed() {
		return refused(list, slices.Clone(job.Warnings)), nil
	}
	if made == nil {
		return task.Outcome{}, fmt.Errorf("generate: neither a form nor a diagnostic")
	}
	out := task.Outcome{
		Warnings: few(append(slices.Clone(job.Warnings), texts(list, fault.SeverityWarning)...)),
	}
	for _, f := range append(slices.Clone(made.Pages), made.Pattern) {
		out.Files = append(out.Files, task.File{Name: f.Name, Type: f.Type, Size: int64(len(f.Data)), Data: f.Data})
	}
	return out, nil
}
