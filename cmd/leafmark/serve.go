package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/internal/config"
	"github.com/leafmark/leafmark/internal/node"
	"github.com/leafmark/leafmark/internal/telemetry"
)

func newServe() *cobra.Command {
	var cfg config.Server
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the API and the dashboard, and work on the tasks",
		Long: `Serve the REST API, the token service and the dashboard, and work on the tasks.

Without flags everything lies in ./leafmark-data and 127.0.0.1:8080 is listened
on. While there is no account, the address at which the first person makes one is
printed. Ctrl-C drains: requests are answered, accepted tasks are finished now or
by the next start.`,
		Example: `  leafmark serve
  leafmark serve --data-dir /var/lib/leafmark --listen 0.0.0.0:8080 --issuer https://omr.example.org
  LEAFMARK_RETENTION=72h leafmark serve`,
		Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := telemetry.New(cmd.ErrOrStderr(), cfg.LogLevel)
			if err != nil {
				return err
			}
			n, err := node.Open(cmd.Context(), cfg, log)
			if err != nil {
				return err
			}
			defer func() { _ = n.Close() }()
			first, err := n.FirstAccountURL(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "listening on %s\n", n.URL)
			if first != "" {
				fmt.Fprintf(cmd.ErrOrStderr(), "first account: %s\n", first)
			}
			return n.Run(cmd.Context())
		},
	}
	cfg.Bind(cmd.Flags())
	return cmd
}
