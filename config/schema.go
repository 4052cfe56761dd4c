package config

import (
	"fmt"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// What to write for each sort of value.
const (
	writeURL      = "write an address that begins with https:// or http://"
	writeDuration = "write it like 30s, 15m or 24h"
	writeListen   = `write it like ":8287" or "127.0.0.1:8287", or "" to serve nothing`
	writeContact  = "write an email address or one that begins with https://"
	writeFile     = "write the path of a CSV file, counted from this file's folder"
	writeStore    = `write "" or take the key out to keep the state in the data folder`
)

// leastPause is the shortest pause between two polls of ICE's own page.
const leastPause = time.Minute

// schema is every key that the file may hold, and where its value goes.
func (r *reader) schema(c *Config) []key {
	return []key{
		{name: "source", keys: []key{
			{name: "page", read: r.value(writeURL, page(&c.Source.Page))},
			{name: "mirror", read: r.value(writeURL, optional(page(&c.Source.Mirror)))},
			{name: "every", read: r.value(writeDuration, every(&c.Source))},
			{name: "contact", read: r.value(writeContact, optional(contact(&c.Source.Contact)))},
			{name: "timeout", read: r.value(writeDuration, duration(&c.Source.Timeout))},
			{name: "failing", read: r.value(writeDuration, duration(&c.Source.Failing))},
			{name: "silence", read: r.value(writeDuration+", or never", silence(&c.Source.Silence))},
		}},
		{name: "holds", keys: []key{
			{name: "accept", read: r.value(writeDuration+", or never", accept(&c.Holds.Accept))},
		}},
		{name: "aliases", read: r.value(writeFile, optional(r.path(&c.Aliases)))},
		{name: "channels", keys: r.channel(&Channel{}).keys, read: r.channels(&c.Channels)},
		{name: "web", keys: []key{
			{name: "listen", read: r.value(writeListen, listen(&c.Web.Listen))},
			{name: "url", read: r.value(writeURL, optional(publicURL(&c.Web.URL)))},
		}},
		{name: "store", read: r.value(writeStore, optional(store))},
	}
}

// setter takes a value's text in and answers what is wrong with it, "" where
// nothing is.
type setter = func(text string) (wrong string)

// optional lets a value be empty.
func optional(set setter) setter {
	return func(text string) string {
		if text == "" {
			return ""
		}
		return set(text)
	}
}

func page(to *URL) setter {
	return func(text string) string {
		*to = URL(text)
		if webAddress(text) == nil {
			return quote(text) + " is no web address; " + writeURL
		}
		return ""
	}
}

// publicURL takes an address that readers see.
func publicURL(to *string) setter {
	return func(text string) string {
		*to = strings.TrimRight(text, "/")
		switch u := webAddress(text); {
		case u == nil:
			return quote(text) + " is no web address; " + writeURL
		case u.User != nil:
			return quote(text) + " would show a user or password to all readers; write the address without it"
		case strings.ContainsAny(text, "?#"):
			return quote(text) + " cannot be the beginning of other addresses; leave out what follows the ? or #"
		}
		return ""
	}
}

// contact takes what goes out with every request, and so must not break a
// header or hold a secret.
func contact(to *string) setter {
	return func(text string) string {
		*to = text
		if strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`()\"`, c) }) {
			return quote(text) + " has signs that a User-Agent cannot hold; " + writeContact
		}
		if u := webAddress(text); u != nil {
			if u.User != nil {
				return quote(text) + " would tell ICE a user or password; write the address without it"
			}
			return ""
		}
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			return quote(text) + " is neither an email address nor a web address; " + writeContact
		}
		return ""
	}
}

// least is the shortest duration that makes sense anywhere.
const least = time.Second

func duration(to *time.Duration) setter {
	return func(text string) (wrong string) {
		d, err := time.ParseDuration(text)
		switch {
		case err != nil:
			return quote(text) + " is no duration; " + writeDuration
		case d < least:
			return quote(text) + " is too short; write 1s or more"
		}
		*to = d
		return ""
	}
}

// every takes the pause between polls, which may be shorter where ICE is spared.
func every(s *Source) setter {
	return func(text string) string {
		if wrong := duration(&s.Every)(text); wrong != "" {
			return wrong
		}
		if s.Mirror == "" && s.Every < leastPause {
			return quote(text) + " is too often for ICE's server; write 1m or more, or poll a mirror"
		}
		return ""
	}
}

// accept takes a duration or the word never, which is 0.
func accept(to *time.Duration) setter {
	return func(text string) string {
		if text == "never" {
			*to = 0
			return ""
		}
		wrong := duration(to)(text)
		if wrong != "" {
			wrong += ", or never"
		}
		return wrong
	}
}

// silence is accept for a duration that 0 turns off, too.
func silence(to *time.Duration) setter {
	return func(text string) string {
		if d, err := time.ParseDuration(text); err == nil && d == 0 {
			text = "never"
		}
		return accept(to)(text)
	}
}

func listen(to *string) setter {
	return func(text string) string {
		*to = text
		if text == "" {
			return ""
		}
		host, port, err := net.SplitHostPort(text)
		if err != nil || !isPort(port) || strings.ContainsAny(host, " /\\@?#") {
			return quote(text) + " is no address to listen on; " + writeListen
		}
		return ""
	}
}

// path takes the name of a file that must be there.
func (r *reader) path(to *string) setter {
	return func(text string) string {
		*to = text
		if !filepath.IsAbs(text) {
			*to = filepath.Join(r.folder, text)
		}
		info, err := os.Stat(*to)
		switch {
		case err != nil:
			return fmt.Sprintf("%s cannot be read: %v; %s", quote(text), cause(err), writeFile)
		case !info.Mode().IsRegular():
			return quote(text) + " is not a file; " + writeFile
		}
		f, err := os.Open(*to)
		if err != nil {
			return fmt.Sprintf("%s cannot be read: %v; let this user read it", quote(text), cause(err))
		}
		f.Close() //nolint:errcheck // nothing was read or written
		return ""
	}
}

// store takes no value yet; what stands there can hold a password and is not
// shown.
func store(text string) string {
	if strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://") {
		return "PostgreSQL is not supported yet; " + writeStore
	}
	return "not the address of a store; " + writeStore + " (--data says where that is)"
}
