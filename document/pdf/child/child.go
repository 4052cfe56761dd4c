// Package child is the process that reads a document: PDFium in WebAssembly, which has no
// files and no network. It reads one file from its input and says line by line what is in it.
package child

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"

	"github.com/watch287g/watch287g/document/pdf"
	"github.com/watch287g/watch287g/roster"
)

// Options are what the process is started with.
type Options struct {
	Memory    int64         // bytes that it may hold in all
	Busy      time.Duration // how long it may use the processor once it is ready
	Cache     string        // directory for PDFium in machine code; "" for none
	Tesseract string        // path of the program for pages without text
	Pages     []int         // what it is to read, from 1; none: it reads the text of all pages itself
}

// linear is the memory of PDFium, in pages of 64 KiB: 384 MiB.
const linear = 384 << 4

// Run reads the file on in, which has its length in eight bytes before it, and writes lines
// to out. Where in ends, the process that asked is gone, and this one ends, too.
func Run(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	if err := bind(o.Memory); err != nil {
		return fmt.Errorf("limiting the memory: %w", err)
	}
	pool, err := open(ctx, o.Cache)
	if err != nil {
		return fmt.Errorf("starting PDFium: %w", err)
	}
	library, err := pool.GetInstance(time.Minute)
	if err != nil {
		return fmt.Errorf("starting PDFium: %w", err)
	}
	if err := tighten(o.Busy); err != nil {
		return fmt.Errorf("limiting the time: %w", err)
	}
	say := json.NewEncoder(out)
	if err := say.Encode(pdf.Line{Ready: true}); err != nil {
		return err
	}
	var size uint64
	if err := binary.Read(in, binary.BigEndian, &size); err != nil {
		return fmt.Errorf("reading the length of the file: %w", err)
	}
	if size > pdf.MaxBytes {
		return fmt.Errorf("the file has %d bytes", size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(in, body); err != nil {
		return fmt.Errorf("reading the file: %w", err)
	}
	go leave(in)
	r := reader{library: library, say: say, o: o}
	return r.all(ctx, &body)
}

// leave ends this process and all that it has started once the one that asked is gone.
func leave(in io.Reader) {
	_, _ = io.Copy(io.Discard, in)
	if syscall.Getpgrp() == os.Getpid() {
		_ = syscall.Kill(0, syscall.SIGKILL)
	}
	os.Exit(1)
}

// open starts PDFium. What it was compiled to is kept in a directory; where that cannot be
// used, it is made anew.
func open(ctx context.Context, dir string) (pdfium.Pool, error) {
	c := webassembly.Config{
		Context: experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(allocate)), MaxTotal: 1, MaxIdle: 1, ReuseWorkers: true,
		FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
		RuntimeConfig: wazero.NewRuntimeConfigCompiler().WithMemoryLimitPages(linear).
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling),
	}
	if dir == "" {
		return webassembly.Init(c)
	}
	if cache, err := newCache(dir); err == nil {
		cached := c
		cached.RuntimeConfig = c.RuntimeConfig.WithCompilationCache(cache)
		if pool, err := webassembly.Init(cached); err == nil {
			return pool, nil
		}
		_ = os.RemoveAll(dir) // cut off, or the disk is full
	}
	return webassembly.Init(c)
}

// memory is PDFium's, in one piece from the start, of which the machine gives what is used:
// one that grew by copying would take more than twice as much.
type memory []byte

func allocate(_, most uint64) experimental.LinearMemory {
	m, err := unix.Mmap(-1, 0, int(min(most, linear<<16)), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		panic(fmt.Errorf("reserving the memory of PDFium: %w", err))
	}
	return memory(m)
}

func (m memory) Reallocate(size uint64) []byte {
	if size > uint64(len(m)) {
		return nil
	}
	return m[:size]
}

func (m memory) Free() {} // with the process

// newCache makes the directory, which nobody else may write to.
func newCache(dir string) (wazero.CompilationCache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return wazero.NewCompilationCacheWithDir(dir)
}

// reader reads one file.
type reader struct {
	library pdfium.Pdfium
	say     *json.Encoder
	o       Options
	file    references.FPDF_DOCUMENT
}

// all says all of a file. A problem of the file is said; an error is one of the way out.
func (r *reader) all(ctx context.Context, body *[]byte) (err error) {
	defer func() {
		if p := recover(); p != nil { // PDFium ran into what it forbids itself
			fmt.Fprintln(os.Stderr, p)
			err = r.trouble("It breaks the program that reads.")
		}
	}()
	opened, err := r.library.OpenDocument(&requests.OpenDocument{File: body})
	switch {
	case errors.Is(err, pdferrors.ErrPassword):
		return r.say.Encode(pdf.Line{Problem: roster.ProblemEncrypted, Said: "It is a PDF that opens only with a password."})
	case errors.Is(err, pdferrors.ErrSecurity):
		return r.say.Encode(pdf.Line{Problem: roster.ProblemEncrypted, Said: "It is a PDF that is encrypted in a way which cannot be read."})
	case err != nil:
		return r.trouble("It is a PDF that cannot be opened: it is damaged, or cut off.")
	}
	r.file = opened.Document
	counted, err := r.library.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: r.file})
	switch {
	case err != nil:
		return r.trouble("It is a PDF whose pages cannot be counted.")
	case counted.PageCount <= 0:
		return r.say.Encode(pdf.Line{Problem: roster.ProblemEmpty, Said: "It is a PDF without pages."})
	case counted.PageCount > pdf.MaxPages:
		return r.trouble(fmt.Sprintf("It has %d pages, and no more than %d are read.", counted.PageCount, pdf.MaxPages))
	}
	if len(r.o.Pages) > 0 {
		return r.byMachine(ctx, counted.PageCount)
	}
	if err := r.say.Encode(pdf.Line{Count: counted.PageCount}); err != nil {
		return err
	}
	for number := 1; number <= counted.PageCount; number++ {
		page, err := r.page(number)
		if err != nil {
			return r.trouble(fmt.Sprintf("Its page %d of %d cannot be read.", number, counted.PageCount))
		}
		if err := r.say.Encode(pdf.Line{Page: &page}); err != nil {
			return err
		}
	}
	return r.say.Encode(pdf.Line{Done: true})
}

// trouble says that the file cannot be read, and why.
func (r *reader) trouble(said string) error {
	return r.say.Encode(pdf.Line{Problem: roster.ProblemUnreadable, Said: said})
}
