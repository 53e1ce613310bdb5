// Command leafmark is the whole of Leafmark: server, workers and the same engine
// for the command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/internal/config"
)

// version is set by the release build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// exitError ends the program with a status of its own; its error was printed
// where it has one.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usageError is wrong usage: exit status 2.
func usageError(format string, args ...any) error {
	return &exitError{status: 2, err: fmt.Errorf(format, args...)}
}

func run(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var e *exitError
	if errors.As(err, &e) {
		if e.err != nil {
			fmt.Fprintf(os.Stderr, "leafmark: %v\n", e.err)
		}
		return e.status
	}
	fmt.Fprintf(os.Stderr, "leafmark: %v\n", err)
	return 1
}

func newRoot() *cobra.Command {
	var file string
	root := &cobra.Command{
		Use:   "leafmark",
		Short: "Paper forms in, data out: an OMR cloud that you host yourself",
		Long: `Leafmark turns a form written in a small markup into a printable page, and scans
or phone photos of the filled sheets into data: on the command line, or as a
server with an authorised REST API that is compatible with the
Aspose.OMR Cloud v5.0 API.

  leafmark demo                                  the whole thing, in a minute
  leafmark render quiz.txt -o out                quiz.png and quiz.omr
  leafmark recognize --pattern out/quiz.omr scans/   answers as CSV
  leafmark serve                                 API, dashboard and workers

Every flag can be set in the environment (LEAFMARK_DATA_DIR for --data-dir) or in
a YAML file given by --config (data-dir: …).`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			var text []byte
			if file == "" {
				file = os.Getenv(config.EnvName("config"))
			}
			if file != "" {
				var err error
				if text, err = os.ReadFile(file); err != nil {
					return usageError("read the configuration: %w", err)
				}
			}
			if err := config.Apply(cmd.Flags(), os.LookupEnv, text); err != nil {
				return &exitError{status: 2, err: err}
			}
			return nil
		},
	}
	root.PersistentFlags().StringVar(&file, "config", "", "YAML `FILE` with flags as keys")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError("%w\nsee %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(newDemo(), newServe(), newRender(), newRecognize(), newForms(), newBench(), newSynth(), newFmt(), newConvert(), newSchema(), newApp(), newUser(), newKey(), newAudit())
	return root
}

// exactly is cobra.ExactArgs with wrong usage's exit status.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError("%s takes %s\nsee %s --help", cmd.CommandPath(), what, cmd.CommandPath())
		}
		return nil
	}
}
