package postgres

import (
	"errors"
	"net"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// TestPasswordIsNotShown opens what cannot be opened.
func TestPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	good := pgtest.Need(t).Database(t)
	full, err := net.Listen("tcp", "127.0.0.1:0") // takes a connection and says goodbye
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = full.Close() })
	go func() {
		for {
			c, err := full.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	const word = "hunter2"
	for address, says := range map[string]string{
		strings.Replace(good, pgtest.Password, word, 1): "mend the user or the password",
		good + "x":                            "create the database",
		good + "?sslmode=require":             "",
		good + "?pool_max_conns=hunter2":      "like postgres://user@host:5432/name",
		"postgres://u:hunter2@127.0.0.1:1/db": "start the database",
		"postgres://u:hunter2@" + full.Addr().String() + "/db?sslmode=disable":  "start the database",
		"postgres://u:hunter2@no-such-host.invalid/db":                          "",
		"postgres://u:hunter2%zz@127.0.0.1/db":                                  "like postgres://user@host:5432/name",
		"postgres://u:hunter2 @127.0.0.1:1/db":                                  "start the database",
		"postgres://u:hunter2@127.0.0.1:port/db":                                "like postgres://user@host:5432/name",
		"postgres://u@127.0.0.1:1/db?password=hunter2":                          "start the database",
		"host=127.0.0.1 password=hunter2":                                       "like postgres://user@host:5432/name",
		"mysql://u:hunter2@127.0.0.1/db":                                        "like postgres://user@host:5432/name",
		"postgres://u:hunter2@127.0.0.1:1/db?sslmode=verify-full&sslkey=hunter": "",
	} {
		t.Run("", func(t *testing.T) {
			t.Parallel() // each tries again for a while
			s, err := Open(t.Context(), address, Options{})
			if err == nil {
				_ = s.Close()
				t.Fatalf("%s was opened", address)
			}
			name, nameErr := Name(address)
			for _, text := range []string{err.Error(), name} {
				if strings.Contains(text, "hunter") || strings.Contains(text, "\n") || !utf8.ValidString(text) {
					t.Errorf("%s: %q", address, text)
				}
			}
			if !strings.Contains(err.Error(), says) || nameErr != nil && nameErr.Error() != err.Error() {
				t.Errorf("%s: %v, and %v", address, err, nameErr)
			}
		})
	}
	socket := pgtest.Need(t).Socket(good)
	if name, err := Name(socket); err != nil || !strings.HasPrefix(name, "postgres://watch287g@/test") || strings.Contains(name, pgtest.Password) {
		t.Errorf("the name of %s is %s (%v)", socket, name, err)
	}
	whole(t, opened(t, socket), 0)
}

// TestAnyText keeps texts that PostgreSQL cannot hold as texts, in names, too.
func TestAnyText(t *testing.T) {
	t.Parallel()
	s := opened(t, pgtest.Need(t).Database(t))
	names := []string{"a\x00b", "a\x00c", "a\uFFFDb", "\xff", "\xfe", "\ufffdff", "\\x00", "{", `"`, "NULL", "\u2028"}
	var b store.Batch
	for i, name := range names {
		seq := uint64(i) + 1
		b.Agencies = append(b.Agencies, roster.Agency{ID: name})
		b.Changes = append(b.Changes, roster.Change{ID: name, Seq: seq, Text: name})
		b.Incidents = append(b.Incidents, roster.Incident{Key: name})
		b.Validators = append(b.Validators, roster.Validator{URL: name})
		b.Deliveries = append(b.Deliveries, roster.Delivery{ID: name, Channel: "c" + strings.ReplaceAll(name, "\x00", "0"), State: roster.DeliveryWaiting, Changes: []uint64{seq}})
	}
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		as := strings.ToValidUTF8(name, "\ufffd") // as JSON has it
		c, err := s.Change(t.Context(), name)
		d, err2 := s.Delivery(t.Context(), name)
		of, err3 := s.DeliveryOf(t.Context(), b.Deliveries[i].Channel, uint64(i)+1)
		next, err4 := s.NextPending(t.Context(), b.Deliveries[i].Channel)
		if err := errors.Join(err, err2, err3, err4); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if c.Text != as || c.Seq != uint64(i)+1 || d.Seq != uint64(i)+1 || of.Seq != d.Seq || len(next) != 1 || next[0].Seq != d.Seq {
			t.Errorf("%q: change %d %q, delivery %d", name, c.Seq, c.Text, d.Seq)
		}
	}
	k, err := s.Known(t.Context())
	i, err2 := s.Incidents(t.Context())
	v, err3 := s.Validators(t.Context())
	if err := errors.Join(err, err2, err3); err != nil || len(i) != len(names) || len(v) != len(names) || k.Agencies["a\x00b"] == nil {
		t.Errorf("%d incidents and %d validators of %d (%v)", len(i), len(v), len(names), err)
	}
}

// TestEncoding names a database that cannot hold every text.
func TestEncoding(t *testing.T) {
	t.Parallel()
	server := pgtest.Need(t)
	c, err := pgx.Connect(t.Context(), server.Superuser("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(t.Context()) }()
	if _, err := c.Exec(t.Context(), "CREATE DATABASE latin OWNER "+pgtest.Role+" ENCODING 'LATIN1' TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	address := "postgres://" + pgtest.Role + ":" + pgtest.Password + "@" + server.Addr() + "/latin"
	if _, err = Open(t.Context(), address, Options{}); err == nil || !strings.HasSuffix(err.Error(), "is not UTF8 but LATIN1; create one with ENCODING 'UTF8' TEMPLATE template0") {
		t.Errorf("got %v", err)
	}
}
