package roster

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
)

// EncodeJSON writes a value as the JSON that leaves the program, and a line end. Where
// a text is empty, since ICE names nothing or nothing is known, it says null, so that
// nobody takes "" for a day or an address. Each level is indented, by "" not at all.
func EncodeJSON(w io.Writer, v any, indent string) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	withNulls(out, b.Bytes())
	return out.Flush()
}

// withNulls copies JSON with null for each empty text that is not a name in an object.
func withNulls(out *bufio.Writer, text []byte) {
	begin := 0 // of what is not copied yet; Flush reports errors
	for i := 0; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		end := i + 1
		for ; text[end] != '"'; end++ {
			if text[end] == '\\' {
				end++
			}
		}
		if end == i+1 && text[end+1] != ':' {
			_, _ = out.Write(text[begin:i])
			_, _ = out.WriteString("null")
			begin = end + 1
		}
		i = end
	}
	_, _ = out.Write(text[begin:])
}
