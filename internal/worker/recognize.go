package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/result"
)

// recognize reads the pictures: the table as the first file, then the crops in
// their order (spec/api.md 5.1, 5.5), and every sheet, read or refused, as JSON.
// A refused sheet among others is a warning; when none was read the task failed.
func recognize(ctx context.Context, job *task.RecognizeJob, opt Options) (task.Outcome, error) {
	warnings := slices.Clone(job.Warnings)
	p, notes, err := opt.Engine.ReadPattern(job.Pattern)
	if err != nil {
		if ours(err) {
			return task.Outcome{}, fmt.Errorf("read the pattern: %w", err)
		}
		return refused(err, warnings), nil
	}
	warnings = append(warnings, texts(notes, fault.SeverityWarning)...)
	sheets, more, err := read(ctx, job, p, opt)
	if err != nil {
		return task.Outcome{}, err
	}
	warnings = append(warnings, more...)
	if len(sheets) == 0 {
		return refused(&fault.Error{
			Code: "image_unreadable", Kind: fault.Invalid,
			Cause: "the file holds no picture", Cure: "send the picture of a filled sheet",
		}, warnings), nil
	}

	out := task.Outcome{}
	entries := make([]result.Entry, len(sheets))
	taken := map[string]bool{}
	var crops []task.File
	for i, o := range sheets {
		entries[i] = result.Entry{File: o.File, Image: o.Image, Sheet: o.Sheet, Err: o.Err}
		about := ""
		if len(sheets) > 1 {
			about = result.FileName(o.File, o.Image) + ": "
		}
		if o.Err != nil {
			if out.Problem == nil {
				e := fault.As(o.Err)
				out.Problem = &task.Problem{Code: e.Code, Cause: e.Cause, Cure: e.Cure}
			}
			out.Messages = append(out.Messages, about+result.Message(o.Err))
			continue
		}
		for _, w := range o.Sheet.Warnings {
			warnings = append(warnings, about+w)
		}
		crops = append(crops, cropFiles(o.Sheet, taken)...)
	}
	if out.Sheets, err = sheetsJSON(entries); err != nil {
		return task.Outcome{}, err
	}
	if len(out.Messages) == len(sheets) {
		out.Messages, out.Warnings = few(out.Messages), few(warnings)
		return out, nil
	}
	table, more, err := tableFile(job, entries)
	if err != nil {
		return task.Outcome{}, err
	}
	warnings = append(append(warnings, out.Messages...), more...)
	out.Problem, out.Messages, out.Warnings = nil, nil, few(warnings)
	out.Files = append([]task.File{table}, crops...)
	return out, nil
}

// read reads the pictures of all files, or the first of the first. Faults of
// ours are an error: a sheet must not be refused because a disk was full.
func read(ctx context.Context, job *task.RecognizeJob, p *pattern.Pattern, opt Options) (sheets []omr.Outcome, warnings []string, err error) {
	ro := omr.RecognizeOptions{
		Threshold: job.Threshold, Policy: mark.Policy(job.Policy), GridConcat: opt.GridConcat,
		FirstOnly: job.First, Boxes: true, Now: opt.Now, PDF: opt.PDF, NoHEIC: opt.NoHEIC,
	}
	if ro.Policy == "" {
		ro.Policy = mark.Policy(opt.Policy)
	}
	files := job.Images
	if job.First && len(files) > 1 {
		warnings = append(warnings, fmt.Sprintf("LM851 Only the first of %d images was read, the others were ignored. Send each sheet by itself.", len(files)))
		files = files[:1]
	}
	var readings []*omr.Reading
	for i, data := range files {
		scan := omr.Scan{Data: data}
		if i < len(job.Names) {
			scan.Name = job.Names[i]
		}
		if scan.Name == "" && len(files) > 1 {
			scan.Name = "image-" + strconv.Itoa(i+1)
		}
		got, notes := opt.Engine.Read(ctx, p, scan, ro)
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		for _, r := range got {
			if r.Err != nil && ours(r.Err) {
				return nil, nil, fmt.Errorf("read picture %d of file %d: %w", r.Image, i+1, r.Err)
			}
		}
		readings = append(readings, got...)
		warnings = append(warnings, notes...)
	}
	return opt.Engine.Sheets(p, readings, ro), warnings, nil
}

// cropFiles are the crops of a sheet. Their files' names become unique in the
// task, in the sheet too.
func cropFiles(s *result.Sheet, taken map[string]bool) []task.File {
	var out []task.File
	for i := range s.Crops {
		c := &s.Crops[i]
		ext := path.Ext(c.File)
		base := strings.TrimSuffix(c.File, ext)
		for n := 2; taken[strings.ToLower(c.File)]; n++ {
			c.File = base + "-" + strconv.Itoa(n) + ext
		}
		taken[strings.ToLower(c.File)] = true
		out = append(out, task.File{
			Name: c.Name, FileName: c.File, Type: "Png", Size: int64(len(c.PNG)), Data: c.PNG, Crop: true,
		})
	}
	return out
}

// sheetsJSON is the array of the sheets' results and refusals (design: the result
// of a sheet).
func sheetsJSON(entries []result.Entry) ([]byte, error) {
	list := make([]any, len(entries))
	for i, e := range entries {
		if e.Err != nil {
			list[i] = result.Refuse(e.File, e.Image, e.Err)
		} else {
			list[i] = e.Sheet
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(list); err != nil {
		return nil, fmt.Errorf("encode sheets: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// tableFile is the table in the asked format. One sheet gives the compatible
// API's, several give a pile's, with the file in front of each row.
func tableFile(job *task.RecognizeJob, entries []result.Entry) (f task.File, warnings []string, err error) {
	format := strings.ToLower(job.Format)
	if format == "" {
		format = "csv"
	}
	known := map[string]string{"csv": "Csv", "txt": "Txt", "json": "Json", "xml": "Xml", "xlsx": "Xlsx"}
	f = task.File{Name: "result." + format, Type: known[format]}
	switch {
	case f.Type == "":
		return task.File{}, nil, fmt.Errorf("no table of format %q", job.Format)
	case !job.First && len(entries) > 1:
		if format == "txt" {
			format = "csv"
		}
		f.Data, warnings, err = result.Table(format, entries, true)
	case len(entries) != 1 || entries[0].Sheet == nil:
		err = errors.New("no sheet for the table")
	default:
		rows := result.Rows(entries[0].Sheet)
		switch format {
		case "json":
			f.Data = result.JSON(rows)
		case "xml":
			f.Data, warnings = result.XML(rows)
		case "xlsx":
			if job.First {
				f.Data, warnings, err = result.XLSXRows(rows)
			} else {
				f.Data, warnings, err = result.Table(format, entries, false)
			}
		default:
			f.Data = result.CSV(rows)
		}
	}
	f.Size = int64(len(f.Data))
	return f, warnings, err
}
