package pdf

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	const ready = `{"ready":true}` + "\n"
	for name, test := range map[string]struct {
		out  string
		want answer
	}{
		"nothing":            {"", answer{}},
		"not ready":          {`{"problem":"empty","said":"It is empty."}` + "\n", answer{}},
		"only ready":         {ready, answer{ready: true}},
		"a problem":          {ready + `{"problem":"encrypted","said":"It has\u0000 a <b>password</b>.\nReally."}` + "\n", answer{ready: true, problem: "encrypted", said: "It has a <b>password</b>. Really."}},
		"a problem of none":  {ready + `{"problem":"other_agency"}` + "\n", answer{ready: true, problem: "unreadable", said: "It cannot be read."}},
		"fewer than counted": {ready + `{"count":2}` + "\n" + `{"page":{"page":1}}` + "\n" + `{"done":true}` + "\n", broken},
		"one twice":          {ready + `{"page":{"page":1}}` + "\n" + `{"page":{"page":1}}` + "\n", broken},
		"page 0":             {ready + `{"page":{"page":0}}` + "\n", broken},
		"cut off":            {ready + `{"problem":"empty","said":"It`, answer{ready: true}},
	} {
		t.Run(name, func(t *testing.T) {
			got := parse([]byte(test.out))
			if got.ready != test.want.ready || got.problem != test.want.problem || got.said != test.want.said || len(got.pages) != 0 && got.problem != "" {
				t.Errorf("%+v", got)
			}
		})
	}
	got := parse([]byte(ready + `{"count":1}` + "\n" + `{"page":{"page":1,"text":"a\r\nb\u0000\u202ec\ufffed","scanned":true}}` + "\n" + `{"done":true}` + "\n"))
	if !got.done || len(got.pages) != 1 || got.pages[0].Text != "a\nb cd" || !got.pages[0].Scanned {
		t.Errorf("%+v", got)
	}
}

// Whatever the process that reads says, what is taken over has its pages in order, and no
// character that is none.
func FuzzParse(f *testing.F) {
	f.Add([]byte("{\"ready\":true}\n{\"count\":1}\n{\"page\":{\"page\":1,\"text\":\"a\\r\\nb\"}}\n{\"done\":true}\n"))
	f.Add([]byte("{\"ready\":true}\n{\"problem\":\"empty\",\"said\":\"It is empty.\"}\n"))
	f.Add([]byte("{\"ready\":true}\n{\"page\":{\"page\":9000000000}}\n{\"page\":null}\n[]\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		got := parse(out)
		if (got.problem == "") != (got.said == "") || len(got.said) > maxSaid+4 || strings.ContainsAny(got.said, "\n\r\x00") || !utf8.ValidString(got.said) {
			t.Errorf("%q: %q", got.problem, got.said)
		}
		last := 0
		for _, p := range got.pages {
			if p.Number <= last || p.Machine || !utf8.ValidString(p.Text) || strings.ContainsAny(p.Text, "\r\x00\x1b\u202e\ufeff\ufffe") {
				t.Errorf("%+v", p)
			}
			last = p.Number
		}
		if (got.problem != "" || !got.ready) && len(got.pages) > 0 {
			t.Errorf("%+v", got)
		}
	})
}
