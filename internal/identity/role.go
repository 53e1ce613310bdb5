package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
)

// Roles of a User, each for one kind of work. docs/operate/people.md has the table.
const (
	RoleOwner     = "owner"     // everything
	RoleAdmin     = "admin"     // everything but owners
	RoleDeveloper = "developer" // applications and storages
	RoleOperator  = "operator"  // keeps it running: stops applications, makes storages
	RoleReviewer  = "reviewer"  // works with forms and sheets
	RoleAuditor   = "auditor"   // sees everything, changes nothing
)

// Roles are all of them, the mightiest first.
func Roles() []string {
	return []string{RoleOwner, RoleAdmin, RoleDeveloper, RoleOperator, RoleReviewer, RoleAuditor}
}

// Right is one thing that a role allows.
type Right string

// The rights. What none of them names, the forms and one's own account, is open
// to everybody who is signed in.
const (
	ReadApplications   Right = "applications:read"
	WriteApplications  Right = "applications:write"  // create, rename, regenerate, delete
	SwitchApplications Right = "applications:switch" // disable and enable
	ReadStorages       Right = "storages:read"
	WriteStorages      Right = "storages:write"
	ReadMembers        Right = "members:read"
	WriteMembers       Right = "members:write" // invite, change roles, remove, sign out; owners excepted
	WriteOwners        Right = "owners:write"  // the same with owners
)

// Allows tells whether a role has a right: the one place where that is said.
func Allows(role string, r Right) bool {
	switch role {
	case RoleOwner:
		return true
	case RoleAdmin:
		return r != WriteOwners
	case RoleDeveloper:
		return slices.Contains([]Right{ReadApplications, WriteApplications, SwitchApplications, ReadStorages, WriteStorages}, r)
	case RoleOperator:
		return slices.Contains([]Right{ReadApplications, SwitchApplications, ReadStorages, WriteStorages}, r)
	case RoleAuditor:
		return slices.Contains([]Right{ReadApplications, ReadStorages, ReadMembers}, r)
	}
	return false
}

// May tells whether the user's role has a right.
func (u User) May(r Right) bool { return Allows(u.Role, r) }

// Forbidden is the fault of who lacks a right.
func Forbidden(role string) error {
	return &fault.Error{
		Code: "role_forbids", Kind: fault.Forbidden,
		Cause: fmt.Sprintf("your role, %s, does not allow this", role),
		Cure:  "ask an owner or an admin for another role, or to do it",
	}
}

// allow refuses an actor without the right (fault role_forbids), by its role as it
// is in this transaction. The operator, who can open the database, has all.
func allow(ctx context.Context, tx *sql.Tx, by Actor, r Right) error {
	if by.Kind == "operator" {
		return nil
	}
	role, err := roleOf(ctx, tx, by)
	if err == nil && !Allows(role, r) {
		return Forbidden(role)
	}
	return err
}

// allowOn is allow for what is done to somebody, or gives somebody, these roles.
func allowOn(ctx context.Context, tx *sql.Tx, by Actor, roles ...string) error {
	if slices.Contains(roles, RoleOwner) {
		return allow(ctx, tx, by, WriteOwners)
	}
	return allow(ctx, tx, by, WriteMembers)
}

func roleOf(ctx context.Context, tx *sql.Tx, by Actor) (string, error) {
	if by.Kind != "user" {
		return "", Forbidden(by.Kind)
	}
	var role string
	err := tx.QueryRowContext(ctx, `SELECT role FROM "user" WHERE email_key = ? AND tenant_id = ?`, emailKey(by.ID), by.Tenant).Scan(&role)
	if errors.Is(err, sql.ErrNoRows) {
		return "", Forbidden("none")
	}
	return role, err
}

func checkRole(role string) error {
	if slices.Contains(Roles(), role) {
		return nil
	}
	return &fault.Error{
		Code: "role_invalid", Kind: fault.Invalid,
		Cause: fmt.Sprintf("there is no role %q", role),
		Cure:  "choose one of " + strings.Join(Roles(), ", "),
	}
}
