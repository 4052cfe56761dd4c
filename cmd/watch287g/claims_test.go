package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store/bolt"
)

// Nothing that is said of 2025 is contradicted by ICE's lists.
func TestArchiveClaims(t *testing.T) {
	changes, lists := archiveClaims(t)
	checkMessages(t, importedArchive(t), changes, lists)
	found := contradictions(changes, lists)
	classes := map[string]int{}
	for _, f := range found {
		class, _, _ := strings.Cut(f, ":")
		classes[class]++
		t.Error(f)
	}
	t.Logf("%d changes, %d contradictions: %v", len(changes), len(found), classes)
}

// Nothing that is said of made-up lists is contradicted by them either.
func TestClaims(t *testing.T) {
	changes, lists := claimsOf(t, archived(t, tellClaims()))
	for _, f := range contradictions(changes, lists) {
		t.Error(f)
	}
}

// listsThatCounted are the lists that were not held.
func listsThatCounted(t *testing.T, data string, lists []*icesList) []*icesList {
	t.Helper()
	s, err := bolt.Open(filepath.Join(data, "watch287g.db"), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	publications, err := s.Publications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(lists, func(l *icesList) bool {
		return !slices.ContainsFunc(publications, func(p roster.Publication) bool {
			return p.Verdict == roster.VerdictAccepted && p.SHA256 == l.sha && p.PublishedAt.Equal(l.at) && string(p.List) == l.list
		})
	})
}
