package console_test

import (
	"testing"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
)

func TestCounted(t *testing.T) {
	for want, got := range map[string]string{
		"1 mail": console.Counted(1, "mail"), "0 mails": console.Counted(0, "mail"), "1 address": console.Counted(1, "address"), "2 addresses": console.Counted(2, "address"),
		"1 reader was": console.WereCounted(1, "reader"), "2 readers were": console.WereCounted(2, "reader"),
	} {
		if got != want {
			t.Errorf("%q is written as %q", want, got)
		}
	}
}
