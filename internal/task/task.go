// Package task keeps accepted work: submit, status, result, cancel, retention.
//
// In: a Submission of an application. Out: an id once payload and row are
// durable, later the Outcome. Tasks are idempotent by id: a worker that dies
// leaves work that another picks up. Another application's task is, in answer
// and as far as possible in time, the same as none.
package task

import (
	"errors"
	"time"
)

// Kind of work.
type Kind string

// Kinds.
const (
	Generate  Kind = "generate"
	Recognize Kind = "recognize"
)

// Status of a task (glossary).
type Status string

// Statuses; expired and unknown tasks are ErrNotFound.
const (
	Queued    Status = "queued"
	Running   Status = "running"
	Done      Status = "done"
	Failed    Status = "failed"
	Cancelled Status = "cancelled"
)

// Owner is the application a task belongs to.
type Owner struct{ Tenant, ClientID string }

// Submission is what was sent, checked.
type Submission struct {
	Kind      Kind
	Generate  *GenerateJob  // Kind Generate
	Recognize *RecognizeJob // Kind Recognize
	// IdempotencyKey of the request, empty for none: the same key of the same
	// owner within the retention gives the same task.
	IdempotencyKey string
}

// GenerateJob is the payload of a generation.
type GenerateJob struct {
	Markup   []byte            // TXT or JSON source
	Images   map[string][]byte // by the markup's names
	Settings []byte            // JSON object of form.Settings, canonical
	Formats  []string          // png, pdf, …: printable files wanted
	Warnings []string          // found while the request was read
}

// RecognizeJob is the payload of a recognition.
type RecognizeJob struct {
	Images    [][]byte
	Names     []string // file names as given, empty for the compatible API
	Pattern   []byte   // .omr
	Format    string   // csv, json, xml: the table wanted
	Threshold *int     // percent
	Policy    string   // empty: the installation's
	First     bool     // only the first image and page (compatible API)
	Warnings  []string
}

// Task is a row.
type Task struct {
	ID       string // GUID, lower case
	Owner    Owner
	Kind     Kind
	Status   Status
	Attempt  int
	Created  time.Time
	Finished time.Time // zero until final
	Expires  time.Time
}

// Outcome is what a final task left.
type Outcome struct {
	Files    []File   // printable pages then the pattern; or the table then crops
	Sheets   []byte   // JSON array of result.Sheet or its error form; recognition only
	Messages []string // of a failed task: "line 3, column 1: LM205 …" or "LM801 …"
	Warnings []string
	Problem  *Problem // of a failed task: the chief fault
	Missing  int      // files that can no longer be had
}

// Problem is a fault as our own API shows it.
type Problem struct{ Code, Cause, Cure string }

// File is a file of an outcome.
type File struct {
	Name string // form.png, form.omr, result.csv, a crop's element name
	// FileName is a crop's name as a file, unique in the outcome, as its sheet
	// tells it; empty: Name. Service.File finds the file by it.
	FileName string
	Type     string // Png, Pdf, Omr, Csv, Json, Xml: the word of spec/api.md 3.8
	Size     int64
	Data     []byte // nil where only the list was asked for
	Crop     bool   // named in the compatible answer (spec/api.md 5.5)
}

// ErrNotFound means unknown, expired, of another application or of another kind:
// one answer, so that ids tell strangers nothing.
var ErrNotFound = errors.New("task not found")

// ErrNotReady means that the task is not final yet.
var ErrNotReady = errors.New("task not ready")
