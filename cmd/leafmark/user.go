package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/internal/config"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/node"
)

// userView is a member, or somebody invited, as the commands print it.
type userView struct {
	Email   string     `json:"email"`
	Role    string     `json:"role"`
	TwoStep bool       `json:"two_step"` // signs in with a second factor
	Created time.Time  `json:"created"`
	Invited *time.Time `json:"invited_until,omitempty"` // has not joined yet
}

func newUser() *cobra.Command {
	var cfg config.Server
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Administer people: who may use the dashboard, and what they may there",
		Long: `Administer people: who may use the dashboard, and what they may there. Roles are
` + strings.Join(identity.Roles(), ", ") + `; docs/operate/people.md
says what each may. These commands work beside a running server on the same data
folder; changes count at once.`,
		Example: `  leafmark user invite teacher@example.org --role reviewer --server https://omr.example.org
  leafmark user role teacher@example.org developer
  leafmark user sign-out teacher@example.org`,
	}
	cfg.BindData(cmd.PersistentFlags())
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "print JSON for machines")
	cmd.AddCommand(
		newUserList(&cfg, &asJSON), newUserInvite(&cfg, &asJSON), newUserRole(&cfg, &asJSON),
		newUserRemove(&cfg, &asJSON), newUserSignOut(&cfg, &asJSON), newUserResetFactors(&cfg, &asJSON), newUserLink(&cfg, &asJSON),
	)
	return cmd
}

func newUserList(cfg *config.Server, asJSON *bool) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the members and the open invitations",
		Args:  exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return admin(ctx, *cfg, func(s *node.Services, who identity.Actor) error {
				users, err := s.Identity.Users(ctx, who.Tenant)
				if err != nil {
					return err
				}
				open, err := s.Identity.Invitations(ctx, who.Tenant)
				if err != nil {
					return err
				}
				views := make([]userView, 0, len(users)+len(open))
				for _, u := range users {
					views = append(views, userView{Email: u.Email, Role: u.Role, TwoStep: u.TwoSteps, Created: u.Created})
				}
				for _, i := range open {
					views = append(views, userView{Email: i.Email, Role: i.Role, Created: i.Created, Invited: &i.Expires})
				}
				if *asJSON {
					return printJSON(cmd.OutOrStdout(), views)
				}
				t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
				fmt.Fprintf(t, "E-MAIL\tROLE\tTWO-STEP\tSTATE\tSINCE\n")
				for _, v := range views {
					state, two := "member", "off"
					if v.TwoStep {
						two = "on"
					}
					if v.Invited != nil {
						state = "invited until " + v.Invited.Format(time.RFC3339)
					}
					fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", v.Email, v.Role, two, state, v.Created.Format(time.DateOnly))
				}
				return t.Flush()
			})
		},
	}
}

// bindServer declares the flag of commands that print a link.
func bindServer(cmd *cobra.Command, server *string) {
	cmd.Flags().StringVar(server, "server", "http://127.0.0.1:8080", "address of the server, for the link")
}

func newUserInvite(cfg *config.Server, asJSON *bool) *cobra.Command {
	var server, role string
	cmd := &cobra.Command{
		Use:   "invite EMAIL",
		Short: "Make a link by which a person joins: one use, 72 h",
		Long: `Make a link by which a person joins with a password of their own: one use, 72 h. No
mail is sent: hand the link over. Another invitation of the same address replaces it.`,
		Example: "  leafmark user invite teacher@example.org --role reviewer",
		Args:    exactly(1, "an e-mail address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return admin(ctx, *cfg, func(s *node.Services, who identity.Actor) error {
				token, err := s.Identity.Invite(ctx, who, args[0], role)
				if err != nil {
					return err
				}
				return printLink(cmd, *asJSON, strings.TrimRight(server, "/")+"/invitation/"+token)
			})
		},
	}
	cmd.Flags().StringVar(&role, "role", identity.RoleReviewer, "of "+strings.Join(identity.Roles(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("role", cobra.FixedCompletions(identity.Roles(), cobra.ShellCompDirectiveNoFileComp))
	bindServer(cmd, &server)
	return cmd
}

func printLink(cmd *cobra.Command, asJSON bool, link string) error {
	if asJSON {
		return printJSON(cmd.OutOrStdout(), map[string]string{"link": link})
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), link)
	return err
}

// onUser is the RunE of a command on one account; change returns what is printed.
func onUser(cfg *config.Server, asJSON *bool, change func(ctx context.Context, s *node.Services, who identity.Actor, u identity.User, args []string) (string, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		return admin(ctx, *cfg, func(s *node.Services, who identity.Actor) error {
			u, err := s.Identity.User(ctx, args[0])
			if err != nil {
				return err
			}
			who.Tenant = u.Tenant
			said, err := change(ctx, s, who, u, args[1:])
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(cmd.OutOrStdout(), map[string]string{"email": u.Email, "done": said})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", u.Email, said)
			return err
		})
	}
}

func newUserRole(cfg *config.Server, asJSON *bool) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "role EMAIL ROLE",
		Short:   "Give a member another role",
		Example: "  leafmark user role teacher@example.org developer",
		Args:    exactly(2, "an e-mail address and a role"),
		RunE: onUser(cfg, asJSON, func(ctx context.Context, s *node.Services, who identity.Actor, u identity.User, args []string) (string, error) {
			return u.Role + " -> " + args[0], s.Identity.SetRole(ctx, who, u.Email, args[0])
		}),
	}
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 1 {
			return identity.Roles(), cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return cmd
}

func newUserRemove(cfg *config.Server, asJSON *bool) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "remove EMAIL",
		Short: "Remove a member, or withdraw an open invitation",
		Long: `Remove a member: the account, its sessions and the open invitations that it made end
at once; applications stay. For an address that is only invited the invitation is
withdrawn. --yes is needed, since this cannot be undone.`,
		Args: exactly(1, "an e-mail address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes {
				return usageError("this removes %s: repeat with --yes", args[0])
			}
			return admin(cmd.Context(), *cfg, func(s *node.Services, who identity.Actor) error {
				said, err := removeUser(cmd.Context(), s, who, args[0])
				if err != nil {
					return err
				}
				if *asJSON {
					return printJSON(cmd.OutOrStdout(), map[string]string{"email": args[0], "done": said})
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", args[0], said)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "remove without asking")
	return cmd
}

func removeUser(ctx context.Context, s *node.Services, who identity.Actor, email string) (string, error) {
	open, err := s.Identity.Invitations(ctx, who.Tenant)
	if err != nil {
		return "", err
	}
	for _, i := range open {
		if strings.EqualFold(i.Email, email) {
			return "invitation withdrawn", s.Identity.Withdraw(ctx, who, email)
		}
	}
	return "removed", s.Identity.DeleteUser(ctx, who, email)
}

func newUserSignOut(cfg *config.Server, asJSON *bool) *cobra.Command {
	return &cobra.Command{
		Use:   "sign-out EMAIL",
		Short: "End all sessions of an account",
		Args:  exactly(1, "an account's e-mail address"),
		RunE: onUser(cfg, asJSON, func(ctx context.Context, s *node.Services, who identity.Actor, u identity.User, _ []string) (string, error) {
			n, err := s.Identity.EndSessions(ctx, who, u.Email, "")
			return fmt.Sprintf("%d sessions ended", n), err
		}),
	}
}

func newUserResetFactors(cfg *config.Server, asJSON *bool) *cobra.Command {
	return &cobra.Command{
		Use:   "reset-factors EMAIL",
		Short: "Turn two-step sign-in of an account off, when authenticator and recovery codes are lost",
		Long: `Turn two-step sign-in of an account off, when authenticator and recovery codes are
lost, and end its sessions. Make sure that it is the person who asks: the password
alone, or a link of leafmark user link, lets in afterwards.`,
		Args: exactly(1, "an account's e-mail address"),
		RunE: onUser(cfg, asJSON, func(ctx context.Context, s *node.Services, who identity.Actor, u identity.User, _ []string) (string, error) {
			return "two-step sign-in is off, sessions ended", s.Identity.ResetFactors(ctx, who, u.Email)
		}),
	}
}

func newUserLink(cfg *config.Server, asJSON *bool) *cobra.Command {
	var server string
	cmd := &cobra.Command{
		Use:   "link EMAIL",
		Short: "Make a sign-in link for an account: one use, 24 h",
		Long: `Make a sign-in link for an account: one use, 24 h. For the first 15 minutes after it
was used the person may choose a new password without knowing the old one.`,
		Example: "  leafmark user link teacher@example.org --server http://127.0.0.1:8080",
		Args:    exactly(1, "an account's e-mail address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return admin(ctx, *cfg, func(s *node.Services, _ identity.Actor) error {
				t, err := s.Identity.SignInToken(ctx, args[0])
				if err != nil {
					return err
				}
				return printLink(cmd, *asJSON, strings.TrimRight(server, "/")+"/signin/"+t)
			})
		},
	}
	bindServer(cmd, &server)
	return cmd
}
