package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// composed is what a compose file has that can be wrong without an engine.
type composed struct {
	Services map[string]struct {
		Image       string            `yaml:"image"`
		Command     []string          `yaml:"command"`
		Environment map[string]string `yaml:"environment"`
		Ports       []string          `yaml:"ports"`
		Volumes     []string          `yaml:"volumes"`
		Configs     []struct {
			Source string `yaml:"source"`
			Target string `yaml:"target"`
		} `yaml:"configs"`
		Secrets []string `yaml:"secrets"`
	} `yaml:"services"`
	Volumes map[string]any               `yaml:"volumes"`
	Configs map[string]map[string]string `yaml:"configs"`
	Secrets map[string]map[string]string `yaml:"secrets"`
}

func readCompose(t *testing.T, name string) (c composed) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

// What deploy/ starts is what the program takes, and is open to nobody but the machine
// that it runs on.
func TestComposeFiles(t *testing.T) {
	for name, ours := range map[string]int{"compose.yaml": 1, "compose-fleet.yaml": 4} {
		c := readCompose(t, name)
		n := 0
		for service, s := range c.Services {
			for _, p := range s.Ports {
				if !strings.HasPrefix(p, "127.0.0.1:") {
					t.Errorf("%s: %s is open to everybody on %s", name, service, p)
				}
			}
			for _, v := range s.Volumes {
				volume, _, _ := strings.Cut(v, ":")
				if _, ok := c.Volumes[volume]; !ok {
					t.Errorf("%s: %s has a volume %s, which is not declared", name, service, volume)
				}
			}
			for _, used := range s.Configs {
				file := c.Configs[used.Source]["file"]
				configurationLoads(t, file, s.Secrets)
				if used.Target != "/data/watch287g.yaml" { // where the image looks
					t.Errorf("%s: %s has its configuration at %s", name, service, used.Target)
				}
			}
			for _, secret := range s.Secrets {
				if c.Secrets[secret]["file"] == "" {
					t.Errorf("%s: %s has a secret %s, which is not declared", name, service, secret)
				}
			}
			if s.Image != "watch287g" {
				continue
			}
			n++
			if len(s.Command) > 0 {
				parses(t, s.Command)
			}
		}
		if n != ours {
			t.Errorf("%s: %d services run the image, want %d", name, n, ours)
		}
	}
}

// configurationLoads checks a configuration, with secrets in the place of those of a
// container.
func configurationLoads(t *testing.T, name string, secrets []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, s := range secrets {
		if err := os.WriteFile(filepath.Join(dir, s), []byte("postgres://user:word@postgres:5432/name\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := configured(t, strings.ReplaceAll(string(text), "/run/secrets/", dir+"/"))
	output(t, program(t, time.Time{}, "--config", config, "config", "check"))
}

// parses checks that the program takes a command line.
func parses(t *testing.T, args []string) {
	t.Helper()
	parser, err := kong.New(&commands{}, kong.Vars{"version": ""})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Errorf("%q: %v", args, err)
	}
}

// The image, the unit and what they say run commands that there are.
func TestDeployedCommands(t *testing.T) {
	command := regexp.MustCompile(`(?m)^(?:ExecStart=|#   sudo -u watch287g |#   docker compose .* exec [a-z0-9-]+ /)watch287g ([a-z][^\n"]*)$`)
	array := regexp.MustCompile(`\["/watch287g"(?:, )?(.*)\]`)
	found := 0
	for _, name := range []string{"deploy/watch287g.service", "deploy/compose.yaml", "deploy/compose-fleet.yaml", "Dockerfile"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range command.FindAllStringSubmatch(string(text), -1) {
			found++
			parses(t, strings.Fields(m[1]))
		}
		for _, m := range array.FindAllStringSubmatch(string(text), -1) {
			if args := slices.DeleteFunc(regexp.MustCompile(`[", ]+`).Split(m[1], -1), func(s string) bool { return s == "" }); len(args) > 0 {
				found++
				parses(t, args)
			}
		}
	}
	if found < 5 {
		t.Errorf("only %d commands were found", found)
	}
}
