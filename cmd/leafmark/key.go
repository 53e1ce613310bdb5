package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/internal/config"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/node"
	"github.com/leafmark/leafmark/internal/token"
)

func newKey() *cobra.Command {
	var cfg config.Server
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Look after the keys that sign access tokens",
		Long: `Look after the keys that sign access tokens. A key is published (next), signs
(active), signs no more while its tokens are still good (last), and is retired; the
server does that by itself every --key-life. These commands work beside a running
server, which follows within two seconds.`,
		Example: `  leafmark key list
  leafmark key rotate              the next key, published an hour before it signs
  leafmark key replace --yes       a key leaked: all tokens stop now
  leafmark key import signing.pem`,
	}
	cfg.BindData(cmd.PersistentFlags())
	cfg.BindKeys(cmd.PersistentFlags())
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "print JSON for machines")
	on := func(change func(cmd *cobra.Command, keys *token.Keys, who identity.Actor, args []string) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			return admin(cmd.Context(), cfg, func(s *node.Services, who identity.Actor) error {
				keys, err := s.Keys(cmd.Context())
				if err != nil {
					return err
				}
				if err := change(cmd, keys, who, args); err != nil {
					return err
				}
				all, err := keys.List(cmd.Context())
				if err != nil {
					return err
				}
				return printKeys(cmd.OutOrStdout(), all, asJSON)
			})
		}
	}
	list := &cobra.Command{
		Use: "list", Short: "List the signing keys", Args: exactly(0, "no arguments"),
		RunE: on(func(*cobra.Command, *token.Keys, identity.Actor, []string) error { return nil }),
	}
	rotate := &cobra.Command{
		Use: "rotate", Short: "Make the next signing key", Args: exactly(0, "no arguments"),
		Long: `Make the next signing key. It is published now and signs after --key-publish, so
that everybody who verifies tokens has it by then. No token is lost.`,
		RunE: on(func(cmd *cobra.Command, keys *token.Keys, who identity.Actor, _ []string) error {
			return keys.Rotate(cmd.Context(), who)
		}),
	}
	var yes bool
	replace := &cobra.Command{
		Use: "replace", Short: "Replace a leaked signing key: all tokens stop now", Args: exactly(0, "no arguments"),
		Long: `Replace the signing keys at once, because one leaked. Every token issued until now
is refused within two seconds; clients get new ones by themselves. --yes is needed.`,
		RunE: on(func(cmd *cobra.Command, keys *token.Keys, who identity.Actor, _ []string) error {
			if !yes {
				return usageError("this ends every access token now: repeat with --yes")
			}
			return keys.Replace(cmd.Context(), who)
		}),
	}
	replace.Flags().BoolVar(&yes, "yes", false, "replace without asking")
	imports := &cobra.Command{
		Use: "import FILE.pem", Short: "Sign with a private key of your own", Args: exactly(1, "a PEM file"),
		Long: `Keep a private key (PEM, PKCS #8, without passphrase) in the database, sealed, and
sign with it after --key-publish. Delete the file afterwards.`,
		Example: `  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out signing.pem
  leafmark key import signing.pem`,
		RunE: on(func(cmd *cobra.Command, keys *token.Keys, who identity.Actor, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			private, err := token.ParseKey(text)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return keys.Import(cmd.Context(), who, private)
		}),
	}
	cmd.AddCommand(list, rotate, replace, imports)
	return cmd
}

func printKeys(w io.Writer, all []token.KeyInfo, asJSON bool) error {
	if asJSON {
		return printJSON(w, all)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "KID\tALG\tSTATE\tSIGNS FROM\tTOKENS END\n")
	for _, k := range all {
		ends := "-"
		if !k.Retired.IsZero() {
			ends = k.Retired.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", k.ID, k.Alg, k.State, k.Active.Format(time.RFC3339), ends)
	}
	return t.Flush()
}
