package scraper

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
)

// networkTrouble names the usual ways in which a connection fails.
func networkTrouble(err error) string {
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "the proxy could not be used"
	case isA[*net.DNSError](err):
		return "its name could not be looked up (DNS)"
	case untrusted(err):
		return "its certificate could not be verified (TLS)"
	case isA[tls.RecordHeaderError](err), isA[tls.AlertError](err):
		return "no secure connection could be agreed on (TLS)"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "it refused the connection"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it closed the connection"
	case timedOut(err):
		return "the connection took too long"
	}
	return "the connection failed"
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func untrusted(err error) bool {
	return isA[*tls.CertificateVerificationError](err) || isA[x509.UnknownAuthorityError](err) ||
		isA[x509.HostnameError](err) || isA[x509.CertificateInvalidError](err)
}

func timedOut(err error) bool {
	t, ok := errors.AsType[net.Error](err)
	return ok && t.Timeout()
}
