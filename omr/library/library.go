// Package library is a set of ready forms: sources in the markup of this engine,
// to print as they are or to begin a form of one's own with.
//
// Out: sources, with what people need to choose one. Every form fits on A4 and
// on Letter paper without a diagnostic and is read back without error after a
// simulated pen. Nothing here has a fault; safe for concurrent use.
package library

import (
	"embed"
	"slices"

	"github.com/leafmark/leafmark/omr/form"
)

// Form is one ready form.
type Form struct {
	Name        string // of the file without its ending: exam-20
	Title       string // a few words, capitalised
	Description string // one or two sentences: what it asks and what comes out
	Tags        []string
	Paper       form.PaperSize // it was drawn for; Letter holds it too
	Ext         string         // of the source: txt or json
	Twin        string         // the form that is the same in the other markup; "": none
}

//go:embed forms
var files embed.FS

// Forms lists the forms in the order in which people look for them.
func Forms() []Form {
	out := slices.Clone(forms)
	for i := range out {
		out[i].Tags = slices.Clone(out[i].Tags)
		if out[i].Paper == "" {
			out[i].Paper = form.A4
		}
		if out[i].Ext == "" {
			out[i].Ext = "txt"
		}
	}
	return out
}

// Find is the form of that name.
func Find(name string) (f Form, ok bool) {
	for _, f := range Forms() {
		if f.Name == name {
			return f, true
		}
	}
	return Form{}, false
}

// Names lists the names of the forms, in the order of Forms.
func Names() []string {
	out := make([]string, len(forms))
	for i, f := range forms {
		out[i] = f.Name
	}
	return out
}

// Source is the markup of the form, as the engine reads it.
func (f Form) Source() []byte {
	data, err := files.ReadFile("forms/" + f.File())
	if err != nil {
		return nil // a Form that did not come from this package
	}
	return data
}

// File is the name of the source file: exam-20.txt.
func (f Form) File() string { return f.Name + "." + f.Ext }

// forms say what the sources beside this file are.
var forms = []Form{
	{
		Name: "exam-20", Title: "Exam, 20 questions", Tags: []string{"exam", "school", "grading"},
		Description: "Twenty questions with five answers in large circles, student number, name and group. Its key is in the source: put your own there and sheets come back graded.",
	},
	{
		Name: "exam-20-json", Title: "Exam, 20 questions, in JSON", Tags: []string{"exam", "school", "json"}, Ext: "json", Twin: "exam-20",
		Description: "The same exam as exam-20, written in JSON markup: for programs that make forms.",
	},
	{
		Name: "exam-50", Title: "Exam, 50 questions", Tags: []string{"exam", "school"},
		Description: "Fifty questions with five answers on one page, student number, name and group.",
	},
	{
		Name: "exam-100", Title: "Exam, 100 questions", Tags: []string{"exam", "school"},
		Description: "A hundred questions with five answers on one page; small circles, student number beside the name.",
	},
	{
		Name: "exam-200", Title: "Exam, 200 questions", Tags: []string{"exam", "school", "two pages"},
		Description: "Two hundred questions on two pages. Each page carries a code of its own and the student number, so that parted pages find each other.",
	},
	{
		Name: "quiz", Title: "Self-scoring quiz", Tags: []string{"quiz", "scores"},
		Description: "Fifteen habits, each worth 0 to 3 points that are printed in the circles: people add up their own score, and so does the reader.",
	},
	{
		Name: "survey", Title: "Team survey with scores", Tags: []string{"survey", "scores", "work"},
		Description: "Eleven statements in three groups, each group with a total; two questions about the person and room for a comment.",
	},
	{
		Name: "course-evaluation", Title: "Course evaluation", Tags: []string{"survey", "school"},
		Description: "Nine statements on a scale of five in three tables, hours of work, and two boxes for handwriting that come back as pictures.",
	},
	{
		Name: "satisfaction", Title: "Customer satisfaction", Tags: []string{"survey", "service"},
		Description: "Six sides of a visit from excellent to poor, how likely people recommend you from 0 to 10, and a box for a comment.",
	},
	{
		Name: "ballot", Title: "Ballot", Tags: []string{"election", "club"},
		Description: "One vote among four candidates and one question with yes or no, with the election's code. More than one mark is reported, never counted.",
	},
	{
		Name: "attendance", Title: "Attendance list", Tags: []string{"school", "work", "list"},
		Description: "Thirty-two rows with room for a name: present, late or absent, and a circle that excuses.",
	},
	{
		Name: "order", Title: "Order sheet", Tags: []string{"work", "list"},
		Description: "Ten articles with the number of packs, a customer number, and when it is needed.",
	},
	{
		Name: "medical-intake", Title: "Medical intake", Tags: []string{"health"},
		Description: "Date of birth, earlier illnesses, allergies with a written exception, medicines, and the reason for the visit as a picture.",
	},
	{
		Name: "raffle", Title: "Raffle ticket", Tags: []string{"club", "game"},
		Description: "Six of forty-nine numbers, the ticket's number as a barcode, name and telephone in handwriting.",
	},
}
