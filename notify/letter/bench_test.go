package letter

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
)

// Writing a mail of some 10 KB to one more recipient, signed or not.
func BenchmarkWrite(b *testing.B) {
	text := strings.Repeat("  + Palm Bay Police Department (Brevard County): Task Force Model, signed July 2\n    https://287g.example.org/agencies/FL-palm-bay-police-department\n", 25)
	body := NewBody(text, "<p>"+text+"</p>\n", "</html>\n")
	to := &netmail.Address{Address: "reader@example.net"}
	h := Header{From: to, To: to, Subject: "287(g): 1 new agreement · Palm Bay Police Department, Florida", Date: time.Unix(0, 0), More: map[string]string{"Message-ID": "<1@example.org>"}}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	for name, key := range map[string]any{"unsigned": nil, "rsa": rsaKey, "ed25519": edKey} {
		b.Run(name, func(b *testing.B) {
			var s *Signer
			if key != nil {
				der, err := x509.MarshalPKCS8PrivateKey(key)
				if err != nil {
					b.Fatal(err)
				}
				if s, err = NewSigner(DKIMConfig{Domain: "example.org", Selector: "s1", KeyPEM: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := body.Write(h, "You get this mail because you follow Florida.\n", "<p>You follow Florida.</p>\n", s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
