package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/leafmark/leafmark/internal/config"
)

func TestPrecedenceIsFlagEnvironmentFileDefault(t *testing.T) {
	file := []byte("token-ttl: 2h\nretention: 3h\nlisten: 127.0.0.1:1\naudience: [a, b]\n")
	env := map[string]string{"LEAFMARK_RETENTION": "4h", "LEAFMARK_LISTEN": "127.0.0.1:2"}
	var s config.Server
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	s.Bind(fs)
	if err := fs.Parse([]string{"--listen", "127.0.0.1:3"}); err != nil {
		t.Fatal(err)
	}
	err := config.Apply(fs, func(k string) (string, bool) { v, ok := env[k]; return v, ok }, file)
	if err != nil {
		t.Fatal(err)
	}
	if s.Listen != "127.0.0.1:3" || s.Retention != 4*time.Hour || s.TokenTTL != 2*time.Hour || s.CompatWait != 500*time.Millisecond {
		t.Errorf("got %+v", s)
	}
	if strings.Join(s.Audience, " ") != "a b" {
		t.Errorf("audience %q", s.Audience)
	}
}

func TestBadConfigurationSaysWhatToDo(t *testing.T) {
	none := func(string) (string, bool) { return "", false }
	for name, file := range map[string]string{
		"unknown key":   "lisen: x\n",
		"not YAML":      "a: [\n",
		"wrong type":    "token-ttl: soon\n",
		"nested object": "listen: {a: b}\n",
	} {
		var s config.Server
		fs := pflag.NewFlagSet("", pflag.ContinueOnError)
		s.Bind(fs)
		if err := config.Apply(fs, none, []byte(file)); err == nil || !strings.Contains(err.Error(), "cure:") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	bad := config.Defaults()
	bad.Policy = "sloppy"
	if _, err := bad.Resolved(); err == nil || !strings.Contains(err.Error(), "strict, normal, lenient") {
		t.Errorf("policy: got %v", err)
	}
}
