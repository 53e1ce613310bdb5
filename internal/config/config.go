// Package config is how a node is told what to do: flags, environment, file.
//
// In: a flag set, the environment, an optional YAML file. Out: a Server value.
// Precedence is flag, environment (LEAFMARK_DATA_DIR for --data-dir), file
// (key data-dir), default. Faults: config_invalid with the place of the value.
package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/leafmark/leafmark/omr/fault"
)

// Server is what a node needs to run.
type Server struct {
	DataDir        string        // everything of the embedded default lies here
	Listen         string        // HOST:PORT; port 0 picks a free one
	DatabaseURL    string        // sqlite:PATH; empty: in DataDir
	BlobURL        string        // file:DIR; empty: in DataDir
	MasterKeyFile  string        // empty: in DataDir
	Issuer         string        // of tokens; empty: the address listened on
	Audience       []string      // of tokens; empty: spec/api.md 2.5
	TokenTTL       time.Duration // life of an access token
	TokenReuse     time.Duration // hand a still-fresh token out again for so long
	TokenRate      float64       // successful token requests an application and second; 0: no limit
	TokenAlg       string        // RS256, ES256, EdDSA
	TokenType      string        // JWT, at+jwt
	TokenKeyFile   string        // PEM of a key that signs instead of the database's; empty: none
	KeyLife        time.Duration // of a signing key, after which the next follows; 0: never by itself
	KeyPublish     time.Duration // a new signing key is published so long before it signs
	Breached       string        // file of hashes of passwords that nobody may choose; empty: none
	Retention      time.Duration // of tasks and results, from the POST
	SweepInterval  time.Duration
	Policy         string // strict, normal, lenient
	CompatWait     time.Duration
	CompatWarnings string // member, error
	CompatGrid     string // comma, concat
	Workers        int    // tasks worked on at a time; 0: one more than cores
	RefuseHEIC     bool   // docs/adr/0006-heif.md
	FontDir        string // fonts of the operator; empty: none
	LogLevel       string // debug, info, warn, error
}

// Bind declares the server's flags with their defaults.
func (s *Server) Bind(fs *pflag.FlagSet) {
	s.BindData(fs)
	fs.StringVar(&s.Listen, "listen", "127.0.0.1:8080", "address to listen on, `HOST:PORT`; port 0 picks a free one")
	fs.StringVar(&s.Issuer, "issuer", "", "issuer `URL` in access tokens (default: the address listened on)")
	fs.StringSliceVar(&s.Audience, "audience", nil, "audiences in access tokens (default: ISSUER/resources,api.platform,api.products)")
	fs.DurationVar(&s.TokenTTL, "token-ttl", time.Hour, "life of an access token")
	fs.DurationVar(&s.TokenReuse, "token-reuse", 0, "hand the same client its still-fresh token again for so long (0: always a new one)")
	fs.Float64Var(&s.TokenRate, "token-rate", 0, "successful token requests an application and second (0: no limit)")
	fs.StringVar(&s.TokenType, "token-type", "JWT", "header typ of access tokens: JWT, or at+jwt (RFC 9068)")
	s.BindKeys(fs)
	fs.StringVar(&s.Breached, "breached-passwords", "", "`FILE` of SHA-1 or NTLM hashes, ordered by hash, of passwords that nobody may choose (docs/operate/people.md)")
	fs.DurationVar(&s.Retention, "retention", 24*time.Hour, "how long tasks and results are kept, from the POST")
	fs.DurationVar(&s.SweepInterval, "sweep-interval", 10*time.Minute, "how often expired tasks are removed from disk")
	fs.StringVar(&s.Policy, "policy", "normal", "how sure an answer must be to pass without a doubt: strict, normal, lenient")
	fs.BoolVar(&s.RefuseHEIC, "refuse-heic", false, "refuse HEIC pictures: decoding HEVC may need a patent licence")
	fs.DurationVar(&s.CompatWait, "compat-wait", 500*time.Millisecond, "how long a GET of the compatible API waits for an unfinished task (0: not at all)")
	fs.StringVar(&s.CompatWarnings, "compat-warnings", "member", "where warnings of a successful task go: member, error")
	fs.StringVar(&s.CompatGrid, "compat-grid", "comma", "several marks in a grid section: comma (3,75) or concat (375)")
	fs.IntVar(&s.Workers, "workers", 0, "tasks worked on at a time (0: one more than cores)")
	fs.StringVar(&s.FontDir, "font-dir", "", "`DIR` of TrueType fonts that win over the embedded ones")
	fs.StringVar(&s.LogLevel, "log-level", "info", "debug, info, warn or error")
}

// BindData declares only the flags that say where the data lies, for commands
// that administer an installation.
func (s *Server) BindData(fs *pflag.FlagSet) {
	fs.StringVar(&s.DataDir, "data-dir", "leafmark-data", "`DIR` of database, blobs and keys")
	fs.StringVar(&s.DatabaseURL, "database-url", "", "sqlite:PATH (default: in the data folder)")
	fs.StringVar(&s.BlobURL, "blob-url", "", "file:DIR (default: in the data folder)")
	fs.StringVar(&s.MasterKeyFile, "master-key-file", "", "`FILE` of the key that seals secrets (default: made in the data folder)")
}

// BindKeys declares the flags that say how tokens are signed, for the server and
// for the commands that administer its keys.
func (s *Server) BindKeys(fs *pflag.FlagSet) {
	fs.StringVar(&s.TokenAlg, "token-alg", "RS256", "signature of access tokens: RS256, which all clients know, ES256 or EdDSA, some thirty times faster")
	fs.StringVar(&s.TokenKeyFile, "token-key-file", "", "PEM `FILE` (PKCS #8) of the key that signs, instead of those in the database")
	fs.DurationVar(&s.KeyLife, "key-life", 90*24*time.Hour, "age at which a signing key is followed by the next (0: only by leafmark key rotate)")
	fs.DurationVar(&s.KeyPublish, "key-publish", time.Hour, "how long a new signing key is published before it signs")
}

// Defaults is a Server with every flag's default, as serve has without flags.
func Defaults() Server {
	var s Server
	s.Bind(pflag.NewFlagSet("", pflag.ContinueOnError))
	return s
}

// Resolved fills in what follows from DataDir and checks the words.
func (s Server) Resolved() (Server, error) {
	if s.DatabaseURL == "" {
		s.DatabaseURL = "sqlite:" + filepath.Join(s.DataDir, "leafmark.db")
	}
	if s.BlobURL == "" {
		s.BlobURL = "file:" + filepath.Join(s.DataDir, "blobs")
	}
	if s.MasterKeyFile == "" {
		s.MasterKeyFile = filepath.Join(s.DataDir, "master.key")
	}
	for _, w := range []struct {
		flag, value string
		allowed     []string
	}{
		{"policy", s.Policy, []string{"strict", "normal", "lenient"}},
		{"compat-warnings", s.CompatWarnings, []string{"member", "error"}},
		{"compat-grid", s.CompatGrid, []string{"comma", "concat"}},
		{"token-alg", s.TokenAlg, []string{"RS256", "ES256", "EdDSA"}},
		{"token-type", s.TokenType, []string{"JWT", "at+jwt"}},
		{"log-level", s.LogLevel, []string{"debug", "info", "warn", "error"}},
	} {
		if err := oneOf(w.flag, w.value, w.allowed); err != nil {
			return s, err
		}
	}
	if !strings.HasPrefix(s.BlobURL, "file:") {
		return s, invalid("blob-url", s.BlobURL, "use file:DIR; other kinds are not in this build")
	}
	for _, d := range []struct {
		flag  string
		value time.Duration
	}{{"token-ttl", s.TokenTTL}, {"retention", s.Retention}, {"sweep-interval", s.SweepInterval}, {"key-life", s.KeyLife}, {"key-publish", s.KeyPublish}} {
		if d.value < 0 {
			return s, invalid(d.flag, d.value.String(), "give a positive duration, such as 1h")
		}
	}
	return s, nil
}

func oneOf(flag, value string, allowed []string) error {
	if value == "" {
		return nil
	}
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return invalid(flag, value, "use one of "+strings.Join(allowed, ", "))
}

func invalid(flag, value, cure string) error {
	return &fault.Error{
		Code: "config_invalid", Kind: fault.Invalid,
		Cause: fmt.Sprintf("--%s %q is not usable", flag, value), Cure: cure,
	}
}

// Apply gives every flag that the command line left alone its value from the
// environment, else from the YAML text (nil: none). lookup is os.LookupEnv.
func Apply(fs *pflag.FlagSet, lookup func(string) (string, bool), file []byte) error {
	values, err := parse(file)
	if err != nil {
		return err
	}
	for key := range values {
		if fs.Lookup(key) == nil && !serverFlag(key) {
			return &fault.Error{
				Code: "config_invalid", Kind: fault.Invalid,
				Cause: fmt.Sprintf("the configuration file has an unknown key %q", key),
				Cure:  "keys are the names of the flags: leafmark serve --help lists them",
			}
		}
	}
	var first error
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Changed || first != nil {
			return
		}
		value, from := "", ""
		if v, ok := lookup(EnvName(f.Name)); ok {
			value, from = v, EnvName(f.Name)
		} else if v, ok := values[f.Name]; ok {
			value, from = v, "configuration file, key "+f.Name
		} else {
			return
		}
		if err := fs.Set(f.Name, value); err != nil {
			first = &fault.Error{
				Code: "config_invalid", Kind: fault.Invalid, Err: err,
				Cause: fmt.Sprintf("%s: %q does not suit --%s", from, value, f.Name),
				Cure:  "see leafmark serve --help for what it takes",
			}
		}
	})
	return first
}

// EnvName is the environment twin of a flag: LEAFMARK_DATA_DIR of data-dir.
func EnvName(flag string) string {
	return "LEAFMARK_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func serverFlag(name string) bool {
	var s Server
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	s.Bind(fs)
	return fs.Lookup(name) != nil
}

func parse(file []byte) (map[string]string, error) {
	if len(file) == 0 {
		return nil, nil
	}
	var raw map[string]yaml.Node
	if err := yaml.Unmarshal(file, &raw); err != nil {
		return nil, &fault.Error{
			Code: "config_invalid", Kind: fault.Invalid, Err: err,
			Cause: "the configuration file is not YAML: " + err.Error(),
			Cure:  "write one `key: value` a line",
		}
	}
	out := make(map[string]string, len(raw))
	for key, node := range raw {
		switch node.Kind {
		case yaml.ScalarNode:
			out[key] = node.Value
		case yaml.SequenceNode:
			var parts []string
			for _, c := range node.Content {
				parts = append(parts, c.Value)
			}
			out[key] = strings.Join(parts, ",")
		default:
			return nil, &fault.Error{
				Code: "config_invalid", Kind: fault.Invalid,
				Where: fault.Where{Line: node.Line, Column: node.Column},
				Cause: fmt.Sprintf("the configuration file's key %q holds neither a value nor a list", key),
				Cure:  "write one `key: value` a line",
			}
		}
	}
	return out, nil
}
