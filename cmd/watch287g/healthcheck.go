package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

type aliveCmd struct{}

// Run asks the service that the same configuration belongs to whether it is alive. It is
// what a container's engine asks by, where there is no other program to do so.
func (aliveCmd) Run(ctx context.Context, a *app) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if c.Ops.Listen == "" {
		return errors.New("ops.listen is empty in the configuration, so that nobody can ask the service how it is")
	}
	url := localURL(c.Ops.Listen)
	address := strings.TrimPrefix(url, "http://")
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("asking %s: %w", address, err)
	}
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req) // past any proxy
	if err != nil {
		return fmt.Errorf("the service does not answer on %s: %w", address, err)
	}
	_ = resp.Body.Close() // its status is all that is read
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the service on %s answers with %s", address, resp.Status)
	}
	fmt.Fprintln(a.stdout, "alive")
	return nil
}
