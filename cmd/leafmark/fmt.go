package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/markup"
)

// stdinName is how a command line asks for standard input, and what messages
// about it call it.
const stdinName = "-"

type fmtFlags struct {
	write, check, diff bool
	diagnostics        string
}

func newFmt() *cobra.Command {
	var f fmtFlags
	cmd := &cobra.Command{
		Use:   "fmt FILE…",
		Short: "Write form sources in canonical style",
		Long: `Write form sources in canonical style, to stdout: UTF-8, one attribute a line, in
the order of the reference, values in their documented spelling; JSON with two
blanks a level and its comments. A form never changes its meaning, and nothing
written is lost: what the reader ignores stays too. FILE - is stdin.

A source with an error is left alone; its diagnostics go to stderr, and the exit
status is 1.`,
		Example: `  leafmark fmt quiz.txt                  the tidy source on stdout
  leafmark fmt -w *.txt ballot.json      rewrite the files
  leafmark fmt --diff quiz.txt           what would change
  leafmark fmt --check *.txt             for CI: names those that differ, exit status 1`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("%s takes form sources, - for stdin\nsee %s --help", cmd.CommandPath(), cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return format(cmd, args, f) },
	}
	fs := cmd.Flags()
	fs.BoolVarP(&f.write, "write", "w", false, "rewrite the files instead of printing them")
	fs.BoolVar(&f.check, "check", false, "print only the names of files that would change, and exit with 1 if there are any")
	fs.BoolVar(&f.diff, "diff", false, "print what would change")
	fs.StringVar(&f.diagnostics, "diagnostics", "text", "text or json")
	completeSources(cmd)
	return cmd
}

// completeSources completes the names of form sources and the words of
// --diagnostics.
func completeSources(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("diagnostics", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"txt", "json"}, cobra.ShellCompDirectiveFilterFileExt
	}
}

func checkDiagnostics(as string) error {
	if as != "text" && as != "json" {
		return usageError("--diagnostics %q: use text or json", as)
	}
	return nil
}

func format(cmd *cobra.Command, files []string, f fmtFlags) error {
	if err := checkDiagnostics(f.diagnostics); err != nil {
		return err
	}
	if f.write && f.check {
		return usageError("--write changes files, --check does not: use one of them")
	}
	failed := false
	for _, file := range files {
		ok, err := formatFile(cmd, file, f)
		if err != nil {
			return err
		}
		failed = failed || !ok
	}
	if failed {
		return &exitError{status: 1}
	}
	return nil
}

// formatFile formats one file; false when it was refused or differs under --check.
func formatFile(cmd *cobra.Command, file string, f fmtFlags) (bool, error) {
	if file == stdinName && f.write {
		return false, usageError("--write cannot rewrite stdin")
	}
	source, err := readSource(cmd, file)
	if err != nil {
		return false, err
	}
	out, list := markup.Format(source)
	if list.Failed() {
		return false, printDiagnostics(cmd.ErrOrStderr(), file, source, list, f.diagnostics)
	}
	if guessed := only(list, "LM102"); len(guessed) > 0 { // what was read depends on a guess
		if err := printDiagnostics(cmd.ErrOrStderr(), file, source, guessed, f.diagnostics); err != nil {
			return false, err
		}
	}
	changed := !bytes.Equal(source, out)
	if f.diff && changed {
		if _, err := cmd.OutOrStdout().Write(diff.Diff(file+".orig", source, file, out)); err != nil {
			return false, err
		}
	}
	switch {
	case f.check:
		if changed && !f.diff {
			_, err = fmt.Fprintln(cmd.OutOrStdout(), file)
		}
		return !changed, err
	case f.write:
		if !changed {
			return true, nil
		}
		return true, rewrite(file, out)
	case f.diff:
		return true, nil
	default:
		_, err = cmd.OutOrStdout().Write(out)
		return true, err
	}
}

func only(list fault.List, code string) fault.List {
	var out fault.List
	for _, e := range list {
		if e.Code == code {
			out = append(out, e)
		}
	}
	return out
}

// readSource reads a file, or stdin for "-".
func readSource(cmd *cobra.Command, file string) ([]byte, error) {
	if file == stdinName {
		return io.ReadAll(cmd.InOrStdin())
	}
	return os.ReadFile(file)
}

// rewrite replaces the content of a file, whole or not at all; its permissions
// stay, and so does a link to it.
func rewrite(file string, data []byte) error {
	file, err := filepath.EvalSymlinks(file)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New(file + " is no regular file, it stays as it is")
	}
	if err := writeFile(file, data); err != nil {
		return err
	}
	return os.Chmod(file, info.Mode().Perm())
}
