package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/omr/library"
)

// formView is a form of the library as the command prints it.
type formView struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Tags        []string `json:"tags"`
	Paper       string   `json:"paper"`
	File        string   `json:"file"`
}

func newForms() *cobra.Command {
	var out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "forms [NAME]",
		Short: "List the ready forms, or write one to begin with",
		Long: `List the forms that Leafmark brings: exams, surveys, ballots, lists. With a NAME the
source of that form is printed, or written with -o: change it to your needs and
render it.`,
		Example: `  leafmark forms
  leafmark forms exam-20 -o exam.txt && leafmark render exam.txt --format pdf
  leafmark forms survey | less`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError("%s takes one name at most\nsee %s --help", cmd.CommandPath(), cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return writeForm(cmd, args[0], out)
			}
			if out != "" {
				return usageError("-o needs the name of a form: %s", strings.Join(library.Names(), ", "))
			}
			return listForms(cmd, asJSON)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, f := range library.Forms() {
				names = append(names, cobra.CompletionWithDesc(f.Name, f.Title))
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "`FILE` or folder to write the form to (default: stdout)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON for machines")
	return cmd
}

func listForms(cmd *cobra.Command, asJSON bool) error {
	forms := library.Forms()
	if asJSON {
		views := make([]formView, 0, len(forms))
		for _, f := range forms {
			views = append(views, formView{
				Name: f.Name, Title: f.Title, Description: f.Description, Tags: f.Tags, Paper: string(f.Paper), File: f.File(),
			})
		}
		return printJSON(cmd.OutOrStdout(), views)
	}
	t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "NAME\tTITLE\tTAGS\n")
	for _, f := range forms {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Name, f.Title, strings.Join(f.Tags, ", "))
	}
	return t.Flush()
}

func writeForm(cmd *cobra.Command, name, out string) error {
	f, ok := library.Find(name)
	if !ok {
		return usageError("there is no form %q; there are: %s", name, strings.Join(library.Names(), ", "))
	}
	if out == "" {
		_, err := cmd.OutOrStdout().Write(f.Source())
		return err
	}
	if info, err := os.Stat(out); err == nil && info.IsDir() {
		out = filepath.Join(out, f.File())
	}
	if _, err := os.Stat(out); err == nil {
		return fmt.Errorf("%s exists already: give another name with -o", out)
	}
	return writeFile(out, f.Source())
}
