package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/omr/markup"
)

type convertFlags struct{ out, to, diagnostics string }

func newConvert() *cobra.Command {
	var f convertFlags
	cmd := &cobra.Command{
		Use:   "convert FORM",
		Short: "Turn a form source from TXT into JSON or back",
		Long: `Turn a form source from TXT into JSON markup or back, in canonical style: the same
form, element by element. Without --to the name of the output decides, else it is
the markup that FORM is not in. FORM - is stdin.

What the other side cannot hold is told on stderr with its place: comments and
properties of your own are left out with a warning (LM761); where the form itself
would change it is an error (LM762), and nothing is written.`,
		Example: `  leafmark convert quiz.txt -o quiz.json
  leafmark convert ballot.json           as TXT, on stdout
  leafmark convert - --to json < quiz.txt`,
		Args: exactly(1, "one form source"),
		RunE: func(cmd *cobra.Command, args []string) error { return convert(cmd, args[0], f) },
	}
	fs := cmd.Flags()
	fs.StringVarP(&f.out, "output", "o", "", "`FILE` to write to (default: stdout)")
	fs.StringVar(&f.to, "to", "", "txt or json")
	fs.StringVar(&f.diagnostics, "diagnostics", "text", "text or json")
	completeSources(cmd)
	_ = cmd.RegisterFlagCompletionFunc("to", cobra.FixedCompletions([]string{"txt", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func convert(cmd *cobra.Command, file string, f convertFlags) error {
	if err := checkDiagnostics(f.diagnostics); err != nil {
		return err
	}
	word := f.to
	if word == "" {
		word = strings.TrimPrefix(strings.ToLower(filepath.Ext(f.out)), ".")
	}
	to, known := map[string]markup.Syntax{"txt": markup.TXT, "json": markup.JSON}[word]
	if !known && f.to != "" {
		return usageError("--to %q: use txt or json", f.to)
	}
	if same, err := sameFile(file, f.out); err != nil || same {
		if err != nil {
			return err
		}
		return usageError("%s is the source itself: give the output another name, or use leafmark fmt -w", f.out)
	}
	source, err := readSource(cmd, file)
	if err != nil {
		return err
	}
	if !known {
		to = markup.JSON
		if markup.SyntaxOf(source) == markup.JSON {
			to = markup.TXT
		}
	}
	out, list := markup.Convert(source, to)
	if err := printDiagnostics(cmd.ErrOrStderr(), file, source, list, f.diagnostics); err != nil {
		return err
	}
	if list.Failed() {
		return &exitError{status: 1}
	}
	return output(cmd, f.out, out)
}

// output writes a result to a file, or to stdout where none is named.
func output(cmd *cobra.Command, file string, data []byte) error {
	if file == "" || file == stdinName {
		_, err := cmd.OutOrStdout().Write(data)
		return err
	}
	return writeFile(file, data)
}

// sameFile tells whether two names are one file; the second need not be there.
func sameFile(a, b string) (bool, error) {
	if a == stdinName || b == "" || b == stdinName {
		return false, nil
	}
	x, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	y, err := os.Stat(b)
	if os.IsNotExist(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return os.SameFile(x, y), nil
}
