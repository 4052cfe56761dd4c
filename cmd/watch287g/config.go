package main

import (
	"fmt"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/store/postgres"
)

type configCmd struct {
	Check   configCheckCmd   `cmd:"" help:"Say what is wrong with the configuration, if anything."`
	Example configExampleCmd `cmd:"" help:"Print a configuration with every key explained."`
}

type configCheckCmd struct{}

// Run reads the configuration and everything that it names. Reading it builds
// every channel; nothing is sent.
func (configCheckCmd) Run(a *app) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if _, err := settings(c); err != nil {
		return err
	}
	if _, found := a.configFile(); !found {
		fmt.Fprintf(a.stdout, "There is no %s here, so the defaults count; \"watch287g config example\" prints them.\n", usualConfig)
		return nil
	}
	for _, w := range c.Warnings {
		fmt.Fprintf(a.stderr, "warning: %s\n", w)
	}
	if address := c.Store.Reveal(); address != "" {
		name, err := postgres.Name(address)
		if err != nil {
			return fmt.Errorf("store: %w", err)
		}
		fmt.Fprintf(a.stdout, "The state is kept in PostgreSQL: %s\n", name)
	}
	fmt.Fprintln(a.stdout, "The configuration is valid.")
	return nil
}

type configExampleCmd struct{}

// Run prints the example.
func (configExampleCmd) Run(a *app) error {
	_, err := fmt.Fprint(a.stdout, config.Example())
	return err
}
