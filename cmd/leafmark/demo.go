package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/internal/config"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/node"
	"github.com/leafmark/leafmark/internal/telemetry"
	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
	leafmark "github.com/leafmark/leafmark/sdk/go"
)

//go:embed demo/form.txt
var demoForm []byte

const (
	demoOwner = "demo@localhost"
	demoApp   = "Demo"
	demoSeed  = 20260
)

type demoFlags struct {
	dir, listen string
	seed        uint64
	exit        bool
}

func newDemo() *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole thing: from a form's markup to answers over the API",
		Long: `Start a server on the embedded default, create an application, get a token over
HTTP, generate a form through the REST API, fill a copy with a simulated pen,
photograph it with a simulated phone, recognise the photo through the REST API and
print what was read beside what was filled. Then go on serving.

The folder then holds form.txt, form.png, form.omr, photo.jpg and overlay.png; a
second run uses it again.`,
		Example: `  leafmark demo
  leafmark demo --exit            end when the answers are printed
  leafmark demo --seed 7          another pen, another photo`,
		Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), f)
		},
	}
	cmd.Flags().BoolVar(&f.exit, "exit", false, "end when the answers are printed; status 1 when one differs or is in doubt")
	cmd.Flags().StringVar(&f.dir, "dir", "leafmark-demo", "`FOLDER` for data and pictures")
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8080", "address to listen on; a free port when it is taken")
	cmd.Flags().Uint64Var(&f.seed, "seed", demoSeed, "of the pen and the phone")
	return cmd
}

func demo(ctx context.Context, out, stderr io.Writer, f demoFlags) error {
	cfg := config.Defaults()
	cfg.DataDir = filepath.Join(f.dir, "data")
	cfg.Listen = freeAddress(ctx, f.listen)
	log, err := telemetry.New(stderr, "warn")
	if err != nil {
		return err
	}
	n, err := node.Open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = n.Close() }()
	serve, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- n.Run(serve) }()

	differ, err := demoRun(ctx, out, n, f)
	if err == nil && !f.exit {
		fmt.Fprintf(out, "\nServing on %s until Ctrl-C.\n", n.URL)
		return <-served
	}
	stop()
	if serr := <-served; err == nil {
		err = serr
	}
	if err == nil && differ {
		return &exitError{status: 1, err: errDiffers}
	}
	return err
}

// freeAddress is want, or the same host with a free port when want is taken.
func freeAddress(ctx context.Context, want string) string {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", want)
	if err == nil {
		_ = l.Close()
		return want
	}
	host, _, err := net.SplitHostPort(want)
	if err != nil {
		return want // the node tells what is wrong with it
	}
	return net.JoinHostPort(host, "0")
}

func demoRun(ctx context.Context, out io.Writer, n *node.Node, f demoFlags) (differ bool, err error) {
	credentials, err := demoApplication(ctx, n)
	if err != nil {
		return false, err
	}
	client, err := leafmark.New(n.URL, credentials.ClientID, string(credentials.Secret))
	if err != nil {
		return false, err
	}
	if _, err := client.Token(ctx); err != nil {
		return false, err
	}
	fmt.Fprintf(out, "1  server on %s, application %q, token from /connect/token\n", n.URL, demoApp)

	made, err := client.Generate(ctx, leafmark.Form{Markup: demoForm})
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "2  form generated: %d page, pattern of %d bytes\n", len(made.Pages), len(made.Pattern))

	p, _, err := omr.ReadPattern(made.Pattern)
	if err != nil {
		return false, err
	}
	page, _, err := imageio.DecodeColor(made.Pages[0].Data, imageio.Options{})
	if err != nil {
		return false, err
	}
	truth := synth.DrawTruth(p, f.seed)
	photo, err := demoPhoto(page, p, truth, f.seed)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "3  filled with a simulated pen, photographed with a simulated phone\n")

	start := time.Now()
	sheets, err := client.Recognize(ctx, leafmark.Scan{Image: photo, Pattern: made.Pattern})
	if err != nil {
		return false, err
	}
	if len(sheets) != 1 {
		return false, fmt.Errorf("one sheet was sent, %d came back", len(sheets))
	}
	fmt.Fprintf(out, "4  photo recognised through the API in %d ms\n\n", time.Since(start).Milliseconds())

	if err := demoFiles(ctx, f.dir, made, photo, p); err != nil {
		return false, err
	}
	filled := synth.Expected(p, truth)
	printedCodes(filled)
	differ = printAnswers(out, sheets[0], filled)
	fmt.Fprintf(out, "\nPictures in %s: form.png (print it), photo.jpg, overlay.png (what was read where), form.omr, form.txt\n", f.dir)
	printCurl(out, n.URL, f.dir, credentials)
	link, err := n.Identity.SignInToken(ctx, demoOwner)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "\nDashboard, one-time link of 24 h:\nsign in: %s/signin/%s\n", n.URL, link)
	return differ, nil
}

// demoApplication makes the demo's owner and application, or gives the
// application of an earlier run a new secret, through the services that the
// dashboard uses.
func demoApplication(ctx context.Context, n *node.Node) (identity.Credentials, error) {
	owner, err := n.Identity.EnsureOwner(ctx, demoOwner)
	if err != nil {
		return identity.Credentials{}, err
	}
	who := identity.Actor{Tenant: owner.Tenant, Kind: "user", ID: owner.Email}
	all, err := n.Identity.Applications(ctx, owner.Tenant)
	if err != nil {
		return identity.Credentials{}, err
	}
	for _, a := range all {
		if a.Name == demoApp && !a.Disabled {
			return n.Identity.RotateSecret(ctx, who, a.ClientID, 0)
		}
	}
	_, c, err := n.Identity.CreateApplication(ctx, who, identity.NewApplication{
		Name: demoApp, Description: "made by leafmark demo",
	})
	return c, err
}

func demoPhoto(page image.Image, p *pattern.Pattern, truth synth.Truth, seed uint64) ([]byte, error) {
	filled := synth.Fill(page, p, truth, synth.BallpointBlue, seed)
	photo, quality := synth.Photo(filled, synth.PhoneEffects(seed), seed)
	return imageio.EncodeJPEG(photo, quality, 0)
}

func demoFiles(ctx context.Context, dir string, made *leafmark.Printable, photo []byte, p *pattern.Pattern) error {
	f, err := imageio.Open(photo, imageio.Options{})
	if err != nil {
		return err
	}
	defer f.Close()
	reading := omr.ReadPicture(ctx, p, f, "photo.jpg", 1, omr.RecognizeOptions{Policy: mark.Normal})
	if reading.Err != nil {
		return reading.Err
	}
	overlay, err := omr.Overlay(p, reading, f)
	if err != nil {
		return err
	}
	for _, file := range []struct {
		name string
		data []byte
	}{
		{"form.txt", demoForm},
		{"form.png", made.Pages[0].Data},
		{"form.omr", made.Pattern},
		{"photo.jpg", photo},
		{"overlay.png", overlay},
	} {
		if err := writeFile(filepath.Join(dir, file.name), file.data); err != nil {
			return err
		}
	}
	return nil
}

// printedCodes adds what the form itself prints as codes: no pen writes them.
func printedCodes(filled map[string]string) {
	tree, _ := markup.Parse(demoForm)
	var walk func(e *form.Element)
	walk = func(e *form.Element) {
		if v, ok := e.Str(form.AttrValue); ok && e.Kind == form.Barcode {
			filled[e.Name] = v
		}
		for _, c := range e.Children {
			walk(c)
		}
	}
	for _, page := range tree.Pages {
		walk(page)
	}
}

// printAnswers prints what was read beside what was filled and tells whether an
// answer differs or is in doubt.
func printAnswers(out io.Writer, s leafmark.Sheet, filled map[string]string) (differ bool) {
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "NAME\tFILLED\tREAD\tCONFIDENCE\n")
	same := 0
	for _, a := range s.Answers {
		note := ""
		switch {
		case filled[a.Name] != a.Value:
			note = "  <- differs"
		case a.Doubt != "":
			note = "  <- in doubt: " + a.Doubt
		default:
			same++
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.4f%s\n", a.Name, orDash(filled[a.Name]), orDash(a.Value), a.Confidence, note)
	}
	_ = t.Flush() // out's own errors show at the next line
	fmt.Fprintf(out, "%d of %d answers read as filled\n", same, len(s.Answers))
	return same != len(s.Answers)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func printCurl(out io.Writer, url, dir string, c identity.Credentials) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `
Do it yourself, step by step (paste into a shell):

cd %[2]s
# a token, good for an hour
TOKEN=$(curl -s %[1]s/connect/token -d grant_type=client_credentials \
  -d client_id=%[3]s \
  -d client_secret=%[4]s | sed 's/.*"access_token":"\([^"]*\)".*/\1/')

# a form from markup: edit form.txt first, if you like
ID=$({ printf '{"markupFile":"'; base64 < form.txt | tr -d '\n'; printf '"}'; } |
  curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' --data-binary @- \
  %[1]s/v5.0/omr/GenerateTemplate/PostGenerateTemplate)
curl -s -H "Authorization: Bearer $TOKEN" "%[1]s/v5.0/omr/GenerateTemplate/GetGenerateTemplate?id=$ID" | cut -c 1-200

# the answers on a photo, as the compatible API gives them (base64 of a CSV) …
ID=$({ printf '{"images":["'; base64 < photo.jpg | tr -d '\n'; printf '"],"omrFile":"'; base64 < form.omr | tr -d '\n'; printf '"}'; } |
  curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' --data-binary @- \
  %[1]s/v5.0/omr/RecognizeTemplate/PostRecognizeTemplate)
curl -s -H "Authorization: Bearer $TOKEN" "%[1]s/v5.0/omr/RecognizeTemplate/GetRecognizeTemplate?id=$ID"

# … and with confidence and doubt
curl -s -H "Authorization: Bearer $TOKEN" "%[1]s/api/v1/tasks/$ID?wait=30s"
`, url, shellQuote(dir), c.ClientID, string(c.Secret))
	_, _ = out.Write(b.Bytes())
}

func shellQuote(s string) string {
	if !strings.ContainsAny(s, " '\"\\$`&;()<>|*?[]#~!") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

var errDiffers = errors.New("not every answer was read as filled")
