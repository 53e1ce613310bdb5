package task

import (
	"context"
	"errors"
	"slices"

	"github.com/leafmark/leafmark/omr/fault"
)

// Outcome is what a final task left; without data only the files' names, types
// and sizes, for which no file is read. ErrNotReady before the end; ErrNotFound
// for a cancelled task, too. Files that are missing or damaged are left out and
// counted in Missing; only where a file might still be had is there another error.
func (s *Service) Outcome(ctx context.Context, owner Owner, kind Kind, id string, withData bool) (Outcome, error) {
	r, err := s.result(ctx, owner, kind, id)
	if err != nil {
		return Outcome{}, err
	}
	out, err := s.outcome(ctx, r, withData)
	if err == nil && out.Missing > 0 {
		// Cancelled or swept while it was read: then nothing is missing, it is over.
		if _, err := s.result(ctx, owner, kind, id); err != nil {
			return Outcome{}, err
		}
	}
	return out, err
}

// result is the row of a task that has an outcome.
func (s *Service) result(ctx context.Context, owner Owner, kind Kind, id string) (row, error) {
	r, err := s.find(ctx, s.db.Read(), owner, kind, id)
	switch {
	case err != nil:
		return row{}, err
	case r.Status == Cancelled:
		return row{}, ErrNotFound
	case !r.Status.final():
		return row{}, ErrNotReady
	}
	return r, nil
}

func (s *Service) outcome(ctx context.Context, r row, withData bool) (Outcome, error) {
	if !r.document {
		return gaveUp(), nil
	}
	doc, sheets, err := s.readDocument(ctx, r)
	if errors.Is(err, errGone) {
		out := Outcome{}
		if r.Status == Failed {
			out = gaveUp()
		}
		out.Missing = max(1, r.files)
		return out, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Messages: doc.Messages, Warnings: doc.Warnings, Problem: doc.Problem}
	if len(sheets) > 0 {
		out.Sheets = sheets
	}
	for n, f := range doc.Files {
		file := f.file()
		if withData {
			file.Data, err = s.readFile(ctx, r, n, f)
			if errors.Is(err, errGone) {
				out.Missing++
				continue
			}
			if err != nil {
				return Outcome{}, err
			}
		}
		out.Files = append(out.Files, file)
	}
	return out, nil
}

// gaveUp is the outcome of a task that outlasted its attempts (spec/api.md 4.1);
// it needs no blob, since blobs may be what failed.
func gaveUp() Outcome {
	e := fault.Error{
		Code: "LM900", Kind: fault.Internal,
		Cause: "the server could not finish the task: submit it again",
	}
	return Outcome{
		Messages: []string{e.Sentence()},
		Problem:  &Problem{Code: "internal", Cause: "the server could not finish the task", Cure: "submit it again"},
	}
}

// file is the entry without its data.
func (f documentFile) file() File {
	return File{Name: f.Name, FileName: f.File, Type: f.Type, Size: f.Size, Crop: f.Crop}
}

// File is the outcome's file of that FileName, or the first of that Name, with
// its data. ErrNotFound when the outcome has none; ErrNotReady before the end;
// fault result_lost when it is missing or damaged.
func (s *Service) File(ctx context.Context, owner Owner, id, name string) (File, error) {
	r, err := s.result(ctx, owner, "", id)
	if err != nil {
		return File{}, err
	}
	if !r.document {
		return File{}, ErrNotFound
	}
	doc, _, err := s.readDocument(ctx, r)
	if err != nil {
		return File{}, s.fileLost(ctx, owner, id, name, err)
	}
	n := slices.IndexFunc(doc.Files, func(f documentFile) bool { return f.File == name && name != "" })
	if n < 0 {
		n = slices.IndexFunc(doc.Files, func(f documentFile) bool { return f.Name == name })
	}
	if n < 0 {
		return File{}, ErrNotFound
	}
	file := doc.Files[n].file()
	if file.Data, err = s.readFile(ctx, r, n, doc.Files[n]); err != nil {
		return File{}, s.fileLost(ctx, owner, id, name, err)
	}
	return file, nil
}

func (s *Service) fileLost(ctx context.Context, owner Owner, id, name string, cause error) error {
	if !errors.Is(cause, errGone) {
		return cause
	}
	if _, err := s.result(ctx, owner, "", id); err != nil {
		return err
	}
	return &fault.Error{
		Code: "result_lost", Kind: fault.NotFound,
		Cause: "the file " + name + " can no longer be had",
		Cure:  "submit the task again",
		Err:   cause,
	}
}
