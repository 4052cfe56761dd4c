package main

import (
	"context"
	"errors"
	"time"

	"github.com/watch287g/watch287g/document/pdf/child"
)

type readDocumentCmd struct {
	Memory    int64         `help:"Bytes that it may hold." default:"1073741824" placeholder:"BYTES"`
	Busy      time.Duration `help:"How long it may use the processor." default:"20s" placeholder:"TIME"`
	Cache     string        `help:"Directory for PDFium in machine code." placeholder:"DIR"`
	Tesseract string        `help:"Program that reads pages without text." placeholder:"FILE"`
	Pages     []int         `help:"Pages that it reads by that program." placeholder:"N"`
}

// Run is the process that document/pdf starts: it ends with the file that it reads.
func (c readDocumentCmd) Run(ctx context.Context, a *app) error {
	if a.service != nil {
		return errors.New("read-document limits the whole process, and so runs only in one of its own")
	}
	return child.Run(ctx, child.Options(c), a.stdin, a.stdout)
}
