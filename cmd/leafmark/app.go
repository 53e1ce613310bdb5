package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/internal/config"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/node"
)

// admin runs f on the services of a data folder as the operator.
func admin(ctx context.Context, cfg config.Server, f func(s *node.Services, who identity.Actor) error) error {
	s, err := node.OpenServices(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	tenant, err := s.Identity.DefaultTenant(ctx)
	if err != nil {
		return err
	}
	who := identity.Actor{Tenant: tenant, Kind: "operator", ID: "operator"}
	if u, err := user.Current(); err == nil {
		who.ID = u.Username
	}
	return f(s, who)
}

// appView is an application as the commands print it.
type appView struct {
	ClientID     string    `json:"client_id"`
	ClientSecret string    `json:"client_secret,omitempty"`
	Name         string    `json:"name"`
	Description  string    `json:"description"`
	Storage      string    `json:"storage"`
	Scopes       []string  `json:"scopes"`              // what it may at most; empty: all
	TokenTTL     int       `json:"token_ttl,omitempty"` // seconds; 0: the installation's
	Disabled     bool      `json:"disabled"`
	Created      time.Time `json:"created"`
	Expires      time.Time `json:"secret_expires,omitzero"`
	LastUsed     time.Time `json:"last_used,omitzero"` // to the minute
}

func viewOf(a identity.Application, secret identity.Secret) appView {
	return appView{
		ClientID: a.ClientID, ClientSecret: string(secret), Name: a.Name, Description: a.Description,
		Storage: a.StorageName, Scopes: append([]string{}, a.Scopes...), TokenTTL: int(a.TokenTTL / time.Second), Disabled: a.Disabled, Created: a.Created.UTC(),
		Expires: a.SecretExpires, LastUsed: a.LastUsed,
	}
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func printApp(w io.Writer, v appView, asJSON bool) error {
	if asJSON {
		return printJSON(w, v)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "Name\t%s\nClient Id\t%s\n", v.Name, v.ClientID)
	if v.ClientSecret != "" {
		fmt.Fprintf(t, "Client Secret\t%s   (shown this once: keep it now)\n", v.ClientSecret)
	}
	if len(v.Scopes) > 0 {
		fmt.Fprintf(t, "Scopes\t%s\n", strings.Join(v.Scopes, " "))
	}
	if !v.Expires.IsZero() {
		fmt.Fprintf(t, "Secret until\t%s\n", v.Expires.Format(time.RFC3339))
	}
	if !v.LastUsed.IsZero() {
		fmt.Fprintf(t, "Last used\t%s\n", v.LastUsed.Format(time.RFC3339))
	}
	if v.TokenTTL > 0 {
		fmt.Fprintf(t, "Token life\t%s\n", time.Duration(v.TokenTTL)*time.Second)
	}
	fmt.Fprintf(t, "Default storage\t%s\nState\t%s\nCreated\t%s\n", v.Storage, state(v), v.Created.Format(time.RFC3339))
	return t.Flush()
}

func state(v appView) string {
	if v.Disabled {
		return "disabled"
	}
	return "active"
}

func newApp() *cobra.Command {
	var cfg config.Server
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "app",
		Short: "Create, list and change applications",
		Long: `Create, list and change applications: the programs that may call the API, each
with a Client Id and a Client Secret. These commands work beside a running server
on the same data folder, or before any; changes count at once.`,
		Example: `  leafmark app create "Exam office"
  leafmark app list --json
  leafmark app rotate-secret 3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940 --overlap 24h`,
	}
	cfg.BindData(cmd.PersistentFlags())
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "print JSON for machines")
	cmd.AddCommand(
		newAppCreate(&cfg, &asJSON), newAppList(&cfg, &asJSON), newAppShow(&cfg, &asJSON),
		newAppRotate(&cfg, &asJSON), newAppDisable(&cfg, &asJSON), newAppDelete(&cfg, &asJSON), newAppKey(&cfg, &asJSON), newAppLimit(&cfg, &asJSON), newAppCheckSecret(&cfg),
	)
	return cmd
}

func newAppCreate(cfg *config.Server, asJSON *bool) *cobra.Command {
	var storageName, description string
	var expires time.Duration
	cmd := &cobra.Command{
		Use:     "create NAME",
		Short:   "Create an application and print its credentials, once",
		Example: "  leafmark app create \"Exam office\" --storage internal --json",
		Args:    exactly(1, "the application's name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return admin(ctx, *cfg, func(s *node.Services, who identity.Actor) error {
				id := ""
				if storageName != "" {
					all, err := s.Storage.Storages(ctx, who.Tenant)
					if err != nil {
						return err
					}
					var names []string
					for _, st := range all {
						names = append(names, st.Name)
						if strings.EqualFold(st.Name, storageName) {
							id = st.ID
						}
					}
					if id == "" {
						return fmt.Errorf("there is no storage %q; there are: %s", storageName, strings.Join(names, ", "))
					}
				}
				a, c, err := s.Identity.CreateApplication(ctx, who, identity.NewApplication{
					Name: args[0], Description: description, StorageID: id, Expires: expires,
				})
				if err != nil {
					return err
				}
				return printApp(cmd.OutOrStdout(), viewOf(a, c.Secret), *asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&storageName, "storage", "", "default storage by `NAME` (default: the internal one)")
	cmd.Flags().DurationVar(&expires, "expires", 0, "when the secret stops by itself, such as 2160h (0: never)")
	cmd.Flags().StringVar(&description, "description", "", "what the application is for")
	return cmd
}

func newAppList(cfg *config.Server, asJSON *bool) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the applications",
		Args:  exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return admin(ctx, *cfg, func(s *node.Services, who identity.Actor) error {
				all, err := s.Identity.Applications(ctx, who.Tenant)
				if err != nil {
					return err
				}
				views := make([]appView, 0, len(all))
				for _, a := range all {
					views = append(views, viewOf(a, ""))
				}
				if *asJSON {
					return printJSON(cmd.OutOrStdout(), views)
				}
				t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
				fmt.Fprintf(t, "CLIENT ID\tNAME\tSTORAGE\tSTATE\tCREATED\n")
				for _, v := range views {
					fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", v.ClientID, v.Name, v.Storage, state(v), v.Created.Format(time.DateOnly))
				}
				return t.Flush()
			})
		},
	}
}

// onApp is the RunE of a command on one application: change does its work and
// returns the new secret where it made one; the application is printed then.
func onApp(cfg *config.Server, asJSON *bool, change func(ctx context.Context, s *node.Services, who identity.Actor, a identity.Application) (identity.Secret, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		return admin(ctx, *cfg, func(s *node.Services, who identity.Actor) error {
			a, err := s.Identity.Application(ctx, who.Tenant, args[0])
			if err != nil {
				return err
			}
			secret, err := change(ctx, s, who, a)
			if err != nil {
				return err
			}
			if a, err = s.Identity.Application(ctx, who.Tenant, a.ClientID); err != nil {
				return err
			}
			return printApp(cmd.OutOrStdout(), viewOf(a, secret), *asJSON)
		})
	}
}

func newAppShow(cfg *config.Server, asJSON *bool) *cobra.Command {
	return &cobra.Command{
		Use:   "show CLIENT-ID",
		Short: "Show one application (never its secret)",
		Args:  exactly(1, "a client id"),
		RunE: onApp(cfg, asJSON, func(context.Context, *node.Services, identity.Actor, identity.Application) (identity.Secret, error) {
			return "", nil
		}),
	}
}

func newAppRotate(cfg *config.Server, asJSON *bool) *cobra.Command {
	var overlap, expires time.Duration
	cmd := &cobra.Command{
		Use:   "rotate-secret CLIENT-ID",
		Short: "Make a new client secret and print it, once",
		Long: `Make a new client secret and print it, once. The old one stops at once, and the
tokens it got are refused; with --overlap both work for so long (at most 72h).`,
		Args: exactly(1, "a client id"),
		RunE: onApp(cfg, asJSON, func(ctx context.Context, s *node.Services, who identity.Actor, a identity.Application) (identity.Secret, error) {
			c, err := s.Identity.RotateExpiring(ctx, who, a.ClientID, overlap, expires)
			return c.Secret, err
		}),
	}
	cmd.Flags().DurationVar(&expires, "expires", 0, "when the new secret stops by itself, such as 2160h (0: never)")
	cmd.Flags().DurationVar(&overlap, "overlap", 0, "how long the old secret still works, at most 72h")
	return cmd
}

func newAppDisable(cfg *config.Server, asJSON *bool) *cobra.Command {
	var enable bool
	cmd := &cobra.Command{
		Use:   "disable CLIENT-ID",
		Short: "Refuse an application's credentials and tokens (--enable lets it in again)",
		Args:  exactly(1, "a client id"),
		RunE: onApp(cfg, asJSON, func(ctx context.Context, s *node.Services, who identity.Actor, a identity.Application) (identity.Secret, error) {
			if enable {
				return "", s.Identity.EnableApplication(ctx, who, a.ClientID)
			}
			return "", s.Identity.DisableApplication(ctx, who, a.ClientID)
		}),
	}
	cmd.Flags().BoolVar(&enable, "enable", false, "let the application in again")
	return cmd
}

func newAppCheckSecret(cfg *config.Server) *cobra.Command {
	return &cobra.Command{
		Use:   "check-secret",
		Short: "Tell whose a client secret is that was found somewhere",
		Long: `Tell whose a client secret is that was found somewhere. It is read from standard
input, so that it lands in no history. Exit status 1 when it is live: regenerate it.`,
		Example: "  leafmark app check-secret < found.txt",
		Args:    exactly(0, "no arguments: the secret comes by standard input"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), 4096))
			if err != nil {
				return err
			}
			x := identity.Secret(strings.TrimSpace(string(text)))
			if !x.WellFormed() {
				fmt.Fprintln(cmd.OutOrStdout(), "this is no client secret: its form or its checksum is not that of one")
				return nil
			}
			return admin(cmd.Context(), *cfg, func(s *node.Services, _ identity.Actor) error {
				found, ok, err := s.Identity.FindSecret(cmd.Context(), x)
				switch {
				case err != nil:
					return err
				case !ok:
					fmt.Fprintln(cmd.OutOrStdout(), "a client secret, but of no application here")
				case !found.Live:
					fmt.Fprintf(cmd.OutOrStdout(), "a secret of %q (%s), which is not accepted any more\n", found.Application.Name, found.Application.ClientID)
				default:
					fmt.Fprintf(cmd.OutOrStdout(), "a LIVE secret of %q: leafmark app rotate-secret %s\n", found.Application.Name, found.Application.ClientID)
					return &exitError{status: 1}
				}
				return nil
			})
		},
	}
}

func newAppLimit(cfg *config.Server, asJSON *bool) *cobra.Command {
	var scopes []string
	var ttl time.Duration
	cmd := &cobra.Command{
		Use:   "limit CLIENT-ID",
		Short: "Say what an application may at most, and how long its tokens live",
		Long: `Say what an application may at most, and how long its tokens live. Without flags it
may everything again. What it has now is bound by it too, within two seconds.`,
		Example: "  leafmark app limit 3f0c9a52-1d7e-4a0b-9d6e-8f2b51c7e940 --scopes omr:recognize,omr:read --token-ttl 10m",
		Args:    exactly(1, "a client id"),
		RunE: onApp(cfg, asJSON, func(ctx context.Context, s *node.Services, who identity.Actor, a identity.Application) (identity.Secret, error) {
			return "", s.Identity.LimitApplication(ctx, who, a.ClientID, scopes, ttl)
		}),
	}
	cmd.Flags().StringSliceVar(&scopes, "scopes", nil, "of "+strings.Join(identity.Scopes(), ", ")+" (default: all)")
	cmd.Flags().DurationVar(&ttl, "token-ttl", 0, "life of its access tokens, within --token-ttl of the server (0: as that)")
	_ = cmd.RegisterFlagCompletionFunc("scopes", cobra.FixedCompletions(identity.Scopes(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func newAppDelete(cfg *config.Server, asJSON *bool) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "delete CLIENT-ID",
		Short: "Delete an application; its storage and files stay",
		Long: `Delete an application: its credentials and tokens stop at once. The storage and
its files stay. --yes is needed, since this cannot be undone.`,
		Args: exactly(1, "a client id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return admin(ctx, *cfg, func(s *node.Services, who identity.Actor) error {
				a, err := s.Identity.Application(ctx, who.Tenant, args[0])
				if err != nil {
					return err
				}
				if !yes {
					return usageError("this deletes %q (%s): repeat with --yes", a.Name, a.ClientID)
				}
				if err := s.Identity.DeleteApplication(ctx, who, a.ClientID); err != nil {
					return err
				}
				if *asJSON {
					return printJSON(cmd.OutOrStdout(), map[string]string{"deleted": a.ClientID})
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "deleted %s (%s)\n", a.Name, a.ClientID)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "delete without asking")
	return cmd
}
