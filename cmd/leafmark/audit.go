package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/config"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/node"
)

// entryView is an entry of the audit as the commands print it.
type entryView struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Tenant  string    `json:"tenant"`
	Actor   string    `json:"actor"`
	ActorID string    `json:"actor_id"`
	Address string    `json:"address,omitempty"`
	Action  string    `json:"action"`
	Object  string    `json:"object"`
	Detail  string    `json:"detail,omitempty"`
	Hash    string    `json:"hash,omitempty"`
}

func viewOfEntry(e audit.Entry) entryView {
	return entryView{
		e.ID, e.At, e.Actor.Tenant, e.Actor.Kind, e.Actor.ID, e.Actor.Address, e.Action, e.Object, e.Detail, e.Hash,
	}
}

func newAudit() *cobra.Command {
	var cfg config.Server
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "See who changed what, and that nobody changed the record of it",
		Long: `See who changed what, when and from where. Entries are only ever added; each holds
the hash of the one before it, so that a change behind the program's back shows.`,
		Example: `  leafmark audit list
  leafmark audit verify
  leafmark audit export > audit.jsonl`,
	}
	cfg.BindData(cmd.PersistentFlags())
	cmd.AddCommand(newAuditList(&cfg), newAuditVerify(&cfg), newAuditExport(&cfg))
	return cmd
}

func newAuditList(cfg *config.Server) *cobra.Command {
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the newest entries", Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return admin(ctx, *cfg, func(s *node.Services, who identity.Actor) error {
				all, err := audit.Entries(ctx, s.DB, who.Tenant, 0, limit)
				if err != nil {
					return err
				}
				views := make([]entryView, len(all))
				for i, e := range all {
					views[i] = viewOfEntry(e)
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), views)
				}
				t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
				fmt.Fprintf(t, "AT\tWHO\tFROM\tDID\tTO\tDETAIL\n")
				for _, v := range views {
					fmt.Fprintf(t, "%s\t%s %s\t%s\t%s\t%s\t%s\n", v.At.Format(time.RFC3339), v.Actor, v.ActorID, v.Address, v.Action, v.Object, v.Detail)
				}
				return t.Flush()
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "entries at most")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON for machines")
	return cmd
}

func newAuditVerify(cfg *config.Server) *cobra.Command {
	var head string
	cmd := &cobra.Command{
		Use: "verify", Short: "Check that no entry was changed, taken out or put in", Args: exactly(0, "no arguments"),
		Long: `Check that no entry was changed, taken out or put in since the chain began, and print
the newest entry's hash. Note that hash elsewhere now and then: given with --head
later, it shows that the end was not cut off and the whole not written anew. Exit
status 1 when the chain is broken.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return admin(ctx, *cfg, func(s *node.Services, _ identity.Actor) error {
				v, err := audit.Verify(ctx, s.DB, head)
				if err != nil {
					return err
				}
				if v.Before > 0 {
					fmt.Fprintf(cmd.OutOrStdout(), "%d entries are older than the chain\n", v.Before)
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d entries follow each other; head %s\n", v.Entries, v.Head)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&head, "head", "", "`HASH` that verify printed earlier: it must be among the entries")
	return cmd
}

func newAuditExport(cfg *config.Server) *cobra.Command {
	return &cobra.Command{
		Use: "export", Short: "Write all entries as JSON lines, oldest first", Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return admin(ctx, *cfg, func(s *node.Services, _ identity.Actor) error {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetEscapeHTML(false)
				for e, err := range audit.All(ctx, s.DB) {
					if err != nil {
						return err
					}
					if err := enc.Encode(viewOfEntry(e)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}
