package ops

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// ruleFile is a file of rules, as Prometheus reads it. A key that it does not know is an
// error there, and here.
type ruleFile struct {
	Groups []struct {
		Name  string `yaml:"name"`
		Rules []struct {
			Alert       string            `yaml:"alert"`
			Expr        string            `yaml:"expr"`
			For         time.Duration     `yaml:"for"`
			Labels      map[string]string `yaml:"labels"`
			Annotations map[string]string `yaml:"annotations"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

// The alerts that are shipped watch what is there: every metric and label that they name.
func TestAlertsNameWhatIsExported(t *testing.T) {
	text, err := os.ReadFile("../deploy/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	manual, err := os.ReadFile("../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	var file ruleFile
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	families, err := everything(t).registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string][]string{} // of each metric
	for _, f := range families {
		labels[f.GetName()] = []string{}
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels[f.GetName()] = append(labels[f.GetName()], l.GetName())
		}
	}
	used := map[string]bool{}
	metric := regexp.MustCompile(`\bwatch287g_[a-z_0-9]+`)
	selector := regexp.MustCompile(`(watch287g_[a-z_0-9]+)\{([^}]*)\}`)
	grouped := regexp.MustCompile(`(?:by|on) \(([a-z, ]+)\) (?:\(?(?:max|sum|rate|increase) ?)?[a-z (]*\(*(watch287g_[a-z_0-9]+)`)
	for _, rule := range file.Groups[0].Rules {
		for _, name := range metric.FindAllString(rule.Expr, -1) {
			if used[name] = true; labels[name] == nil {
				t.Errorf("%s watches %s, which there is not", rule.Alert, name)
			}
		}
		for _, found := range selector.FindAllStringSubmatch(rule.Expr, -1) {
			for matcher := range strings.SplitSeq(found[2], ",") {
				if name := regexp.MustCompile(`^\w+`).FindString(matcher); !slices.Contains(labels[found[1]], name) {
					t.Errorf("%s: %s has no label %s", rule.Alert, found[1], name)
				}
			}
		}
		for _, found := range grouped.FindAllStringSubmatch(rule.Expr, -1) {
			if found[1] != "instance" && !slices.Contains(labels[found[2]], found[1]) {
				t.Errorf("%s: %s has no label %s", rule.Alert, found[2], found[1])
			}
		}
		if !slices.Contains([]string{"warning", "critical"}, rule.Labels["severity"]) || rule.Annotations["summary"] == "" || rule.Expr == "" {
			t.Errorf("%s is not whole: %+v", rule.Alert, rule)
		}
		if !strings.Contains(string(manual), "`"+rule.Alert+"`") {
			t.Errorf("docs/operating.md does not say what to do about %s", rule.Alert)
		}
	}
	for _, name := range []string{"poll_good_timestamp_seconds", "list_read_timestamp_seconds", "deliveries_dead", "deliveries_due_timestamp_seconds", "holds_open",
		"ready", "database_oldest_transaction_seconds", "disk_free_bytes"} {
		if !used[prefix+name] {
			t.Errorf("no alert watches %s", name)
		}
	}
	for name := range labels {
		if strings.HasPrefix(name, prefix) && !strings.Contains(string(manual), "`"+name+"`") {
			t.Errorf("docs/operating.md does not explain %s", name)
		}
	}
}
