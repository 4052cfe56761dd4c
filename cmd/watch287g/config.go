package main

import (
	"fmt"

	"github.com/watch287g/watch287g/config"
)

type configCmd struct {
	Check   configCheckCmd   `cmd:"" help:"Say what is wrong with the configuration, if anything."`
	Example configExampleCmd `cmd:"" help:"Print a configuration with every key explained."`
}

type configCheckCmd struct{}

// Run reads the configuration and everything that it names.
func (configCheckCmd) Run(a *app) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if _, err := a.settings(c); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, "The configuration is right.")
	return nil
}

type configExampleCmd struct{}

// Run prints the example.
func (configExampleCmd) Run(a *app) error {
	_, err := fmt.Fprint(a.stdout, config.Example())
	return err
}
