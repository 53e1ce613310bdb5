package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/internal/config"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/node"
)

// clientKeyView is an application's key as the commands print it.
type clientKeyView struct {
	ID      string    `json:"kid"`
	Alg     string    `json:"alg"`
	Created time.Time `json:"created"`
}

func newAppKey(cfg *config.Server, asJSON *bool) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Let an application prove who it is by a key instead of a secret",
		Long: `Let an application prove who it is by a key instead of a secret (private_key_jwt,
RFC 7523): it signs a short-lived assertion with a private key that never leaves it.
The application's secret works beside it.`,
		Example: `  openssl genpkey -algorithm ed25519 -out app.pem && openssl pkey -in app.pem -pubout -out app.pub
  leafmark app key add 3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940 app.pub
  leafmark app key list 3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940`,
	}
	// on runs change and prints the keys that there are then.
	on := func(change func(ctx context.Context, s *node.Services, who identity.Actor, args []string) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return admin(ctx, *cfg, func(s *node.Services, who identity.Actor) error {
				if err := change(ctx, s, who, args); err != nil {
					return err
				}
				keys, err := s.Identity.ClientKeys(ctx, who.Tenant, args[0])
				if err != nil {
					return err
				}
				views := make([]clientKeyView, len(keys))
				for i, k := range keys {
					views[i] = clientKeyView{k.ID, k.Alg, k.Created.UTC()}
				}
				if *asJSON {
					return printJSON(cmd.OutOrStdout(), views)
				}
				t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
				fmt.Fprintf(t, "KID\tALG\tADDED\n")
				for _, v := range views {
					fmt.Fprintf(t, "%s\t%s\t%s\n", v.ID, v.Alg, v.Created.Format(time.DateOnly))
				}
				return t.Flush()
			})
		}
	}
	list := &cobra.Command{
		Use: "list CLIENT-ID", Short: "List an application's keys", Args: exactly(1, "a client id"),
		RunE: on(func(context.Context, *node.Services, identity.Actor, []string) error { return nil }),
	}
	add := &cobra.Command{
		Use: "add CLIENT-ID FILE", Short: "Register a public key: PEM, JWK or JWK set", Args: exactly(2, "a client id and a file"),
		RunE: on(func(ctx context.Context, s *node.Services, who identity.Actor, args []string) error {
			text, err := os.ReadFile(args[1])
			if err != nil {
				return err
			}
			_, err = s.Identity.AddClientKey(ctx, who, args[0], text)
			return err
		}),
	}
	remove := &cobra.Command{
		Use: "remove CLIENT-ID KID", Short: "Take a key away: its assertions and tokens stop at once", Args: exactly(2, "a client id and a kid"),
		RunE: on(func(ctx context.Context, s *node.Services, who identity.Actor, args []string) error {
			return s.Identity.RemoveClientKey(ctx, who, args[0], args[1])
		}),
	}
	cmd.AddCommand(list, add, remove)
	return cmd
}
