package prose

import (
	"testing"
	"time"
)

func TestDurationsAreWords(t *testing.T) {
	for d, want := range map[time.Duration][2]string{
		30 * time.Second:             {"30s", "every 30s"},
		time.Minute:                  {"a minute", "every minute"},
		90 * time.Second:             {"1m30s", "every 1m30s"},
		5 * time.Minute:              {"5 minutes", "every 5 minutes"},
		time.Hour:                    {"an hour", "every hour"},
		90 * time.Minute:             {"90 minutes", "every 90 minutes"},
		3 * time.Hour:                {"3 hours", "every 3 hours"},
		time.Hour + 30*time.Second:   {"1h0m30s", "every 1h0m30s"},
		1500*time.Hour + time.Minute: {"90,001 minutes", "every 90,001 minutes"},
	} {
		if got := [2]string{English.Lasting(d), English.Every(d)}; got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
