package api

import "testing"

func TestShortened(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: `{}`, `[]`: `[]`, `null`: `null`, `12.50`: `12.50`,
		`[1,2,3]`:                              "[\n  1,\n  … and 2 more\n]",
		`{"b":"x","a":[{"c":null}]}`:           "{\n  \"b\": \"x\",\n  \"a\": [\n    {\n      \"c\": null\n    }\n  ]\n}",
		`{"a":{},"b":{},"c":{},"d":{},"e":{}}`: "{\n  \"a\": {},\n  \"b\": {},\n  \"c\": {},\n  … and 2 more\n}",
		`{"a":{"x":1},"b":2,"c":3,"d":4}`:      "{\n  \"a\": {\n    \"x\": 1\n  },\n  \"b\": 2,\n  \"c\": 3,\n  \"d\": 4\n}",
	} {
		if got := shortened([]byte(text)); got != want {
			t.Errorf("%s is shown as %s, want %s", text, got, want)
		}
	}
}
