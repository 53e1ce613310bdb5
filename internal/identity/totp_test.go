package identity_test

import (
	"bytes"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/leafmark/leafmark/internal/identity"
)

// code is what an authenticator with the secret shows.
func (h *house) code(secret string) string {
	h.t.Helper()
	c, err := totp.GenerateCode(secret, h.clock.now())
	must(h.t, err)
	return c
}

// twoStep turns two-step sign-in of ann on.
func (h *house) twoStep() (u identity.User, session identity.Session, secret string, recovery []string) {
	h.t.Helper()
	u = h.owner()
	ctx := h.t.Context()
	_, session, err := h.SignIn(ctx, ann, password, at(home))
	must(h.t, err)
	must(h.t, h.BeginTwoStep(ctx, u))
	a, err := h.Authenticator(ctx, u)
	must(h.t, err)
	recovery, err = h.ConfirmTwoStep(ctx, session.ID, h.code(a.Secret), at(home))
	must(h.t, err)
	h.clock.turn(30 * time.Second) // the next code
	return u, session, a.Secret, recovery
}

func TestTwoStepCountsOnceConfirmed(t *testing.T) {
	h := build(t)
	u := h.owner()
	ctx := t.Context()
	_, session, err := h.SignIn(ctx, ann, password, at(home))
	must(t, err)
	_, other, err := h.SignIn(ctx, ann, password, at(home))
	must(t, err)
	_, err = h.ConfirmTwoStep(ctx, session.ID, "123456", at(home))
	wantFault(t, "before it was begun", err, "two_step_invalid")
	must(t, h.BeginTwoStep(ctx, u))
	a, err := h.Authenticator(ctx, u)
	must(t, err)
	if _, err := png.Decode(bytes.NewReader(a.QR)); err != nil || len(a.Secret) != 32 {
		t.Errorf("secret of %d, picture: %v", len(a.Secret), err)
	}
	if _, s, err := h.SignIn(ctx, ann, password, at(home)); err != nil || s.Half {
		t.Errorf("not confirmed, and yet a code is asked for: %+v, %v", s, err)
	}
	must(t, h.BeginTwoStep(ctx, u))
	_, err = h.ConfirmTwoStep(ctx, session.ID, h.code(a.Secret), at(home))
	wantFault(t, "a code of a secret that was replaced", err, "code_invalid")
	a, err = h.Authenticator(ctx, u)
	must(t, err)
	codes, err := h.ConfirmTwoStep(ctx, session.ID, h.code(a.Secret), at(home))
	if err != nil || len(codes) != 10 || len(codes[0]) != 19 {
		t.Fatalf("codes %v, %v", codes, err)
	}
	if two, err := h.TwoStep(ctx, u); err != nil || !two.On || two.Waiting || two.Recovery != 10 {
		t.Errorf("%+v, %v", two, err)
	}
	if got, err := h.Session(ctx, session.ID); err != nil || !got.TwoSteps || u.TwoSteps {
		t.Errorf("its own session: %+v, %v", got, err)
	}
	_, err = h.Session(ctx, other.ID)
	wantFault(t, "another session", err, "session_invalid")
	_, err = h.Authenticator(ctx, u)
	wantFault(t, "the secret is shown again", err, "two_step_invalid")
	if e := h.last("user.two_step"); e.Detail != "off -> on" || e.Actor.Address != "192.0.2.1" {
		t.Errorf("audit %+v", e)
	}
}

func TestSignInWithACode(t *testing.T) {
	h := build(t)
	u, _, secret, _ := h.twoStep()
	ctx := t.Context()
	_, half, err := h.SignIn(ctx, ann, password, at(home))
	if err != nil || !half.Half {
		t.Fatalf("%+v, %v", half, err)
	}
	_, err = h.Session(ctx, half.ID)
	wantFault(t, "half a session", err, "session_invalid")
	wantFault(t, "half a proof", h.Proved(ctx, half.ID), "session_invalid")
	_, _, err = h.SignInCode(ctx, half.ID, "000000x", at(home))
	wantFault(t, "a wrong code", err, "code_invalid")
	code := h.code(secret)
	got, session, err := h.SignInCode(ctx, half.ID, code[:3]+" "+code[3:], at(home))
	if err != nil || got.ID != u.ID || session.ID == half.ID || session.Half {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := h.Session(ctx, session.ID); err != nil {
		t.Error(err)
	}
	_, _, err = h.SignInCode(ctx, half.ID, code, at(home))
	wantFault(t, "half a session twice", err, "session_invalid")

	_, half, err = h.SignIn(ctx, ann, password, at(home))
	must(t, err)
	_, _, err = h.SignInCode(ctx, half.ID, code, at(home))
	wantFault(t, "a code twice", err, "code_invalid")
	h.clock.turn(30 * time.Second)
	late := h.code(secret)
	h.clock.turn(30 * time.Second)
	if _, _, err := h.SignInCode(ctx, half.ID, late, at(home)); err != nil {
		t.Errorf("a telephone half a minute late: %v", err)
	}
	_, half, err = h.SignIn(ctx, ann, password, at(home))
	must(t, err)
	now := h.code(secret)
	h.clock.turn(time.Minute)
	_, _, err = h.SignInCode(ctx, half.ID, now, at(home))
	wantFault(t, "a code of a minute ago", err, "code_invalid")
	h.clock.turn(10 * time.Minute)
	_, _, err = h.SignInCode(ctx, half.ID, h.code(secret), at(home))
	wantFault(t, "half a session of ten minutes ago", err, "session_invalid")
	link, err := h.SignInToken(ctx, ann)
	must(t, err)
	if _, s, err := h.SignInByToken(ctx, link, at(home)); err != nil || !s.Half {
		t.Errorf("a link goes around the code: %+v, %v", s, err)
	}
}

func TestACodeLetsOneOfManyIn(t *testing.T) {
	h := build(t)
	_, _, secret, _ := h.twoStep()
	code := h.code(secret)
	in := make(chan struct{}, 4)
	var all sync.WaitGroup
	for range cap(in) {
		_, half, err := h.SignIn(t.Context(), ann, password, at(home))
		must(t, err)
		all.Go(func() {
			if _, _, err := h.SignInCode(t.Context(), half.ID, code, at(home)); err == nil {
				in <- struct{}{}
			}
		})
	}
	all.Wait()
	if len(in) != 1 {
		t.Errorf("one code let %d in", len(in))
	}
}

func TestRecoveryCodes(t *testing.T) {
	h := build(t)
	u, session, secret, codes := h.twoStep()
	ctx := t.Context()
	enter := func(code string) error {
		_, half, err := h.SignIn(ctx, ann, password, at(home))
		must(t, err)
		_, _, err = h.SignInCode(ctx, half.ID, code, at(home))
		return err
	}
	if err := enter(strings.ToUpper(strings.ReplaceAll(codes[3], "-", " "))); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	h.last("user.use_recovery_code")
	wantFault(t, "a recovery code twice", enter(codes[3]), "code_invalid")
	fresh, err := h.NewRecoveryCodes(ctx, u, at(home))
	must(t, err)
	wantFault(t, "an old one", enter(codes[4]), "code_invalid")
	must(t, enter(fresh[0]))
	if two, err := h.TwoStep(ctx, u); err != nil || two.Recovery != 9 {
		t.Errorf("%+v, %v", two, err)
	}

	// Confirming takes the code too, and no code of before.
	h.clock.turn(identity.ProofLife)
	code := h.code(secret)
	again, err := h.Confirm(ctx, session.ID, code, at(home))
	must(t, err)
	must(t, h.Proved(ctx, again.ID))
	_, err = h.Confirm(ctx, again.ID, code, at(home))
	wantFault(t, "a code twice", err, "code_invalid")
	if _, err := h.Confirm(ctx, again.ID, password, at(home)); err != nil {
		t.Errorf("by password: %v", err)
	}
}

func TestWrongCodesAreLimited(t *testing.T) {
	h := build(t)
	_, _, secret, _ := h.twoStep()
	ctx := t.Context()
	_, half, err := h.SignIn(ctx, ann, password, at(home))
	must(t, err)
	for range 10 {
		_, _, err = h.SignInCode(ctx, half.ID, "guess", at(home))
		wantFault(t, "a guess", err, "code_invalid")
	}
	_, _, err = h.SignInCode(ctx, half.ID, h.code(secret), at("203.0.113.9:1"))
	wantFault(t, "the eleventh, from elsewhere", err, "too_many_requests")
}

func TestFactorsAreTurnedOff(t *testing.T) {
	h := build(t)
	u, session, _, codes := h.twoStep()
	ctx := t.Context()
	wantFault(t, "an owner resets", h.ResetFactors(ctx, h.by, ann), "role_forbids")
	_, half, err := h.SignIn(ctx, ann, password, at(home))
	must(t, err)
	must(t, h.ResetFactors(ctx, identity.Actor{Tenant: h.by.Tenant, Kind: "operator"}, ann))
	_, _, err = h.SignInCode(ctx, half.ID, codes[0], at(home))
	wantFault(t, "a code of before", err, "session_invalid")
	_, err = h.Session(ctx, session.ID)
	wantFault(t, "a session of before", err, "session_invalid")
	_, again, err := h.SignIn(ctx, ann, password, at(home))
	if err != nil || again.Half {
		t.Errorf("%+v, %v", again, err)
	}
	_, err = h.NewRecoveryCodes(ctx, u, at(home))
	wantFault(t, "recovery codes of nothing", err, "two_step_invalid")
	must(t, h.BeginTwoStep(ctx, u))
	must(t, h.EndTwoStep(ctx, u, at(home)))
	if two, err := h.TwoStep(ctx, u); err != nil || two != (identity.TwoStep{}) {
		t.Errorf("%+v, %v", two, err)
	}
}
