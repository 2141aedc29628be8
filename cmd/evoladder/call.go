package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// verbs are what a command of the ladder does, by the word that asks for it.
type verbs map[string]func(context.Context, *call) error

// call is one use of a command: its flags, and what stands beside them.
type call struct {
	*flag.FlagSet
	usage string // as in "match rule ID RESULT -reason TEXT"
	args  []string
	rest  []string // the operands, once parsed
	out   io.Writer
}

// do finds the verb that args ask for, and calls it.
func (v verbs) do(ctx context.Context, command string, args []string) error {
	var verb func(context.Context, *call) error
	if len(args) > 0 {
		verb = v[args[0]]
	}
	if verb == nil {
		return fmt.Errorf("say what to do: evoladder %s %s; evoladder help tells more", command, strings.Join(sortedKeys(v), "|"))
	}
	flags := flag.NewFlagSet(command+" "+args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error says it
	return verb(ctx, &call{FlagSet: flags, args: args[1:], out: os.Stdout})
}

// operands parses flags, which may stand before, between and behind the operands, and
// returns the operands if they are as many as usage names in capitals; those in brackets
// may be left out.
func (c *call) operands(usage string) ([]string, error) {
	c.usage = c.Name()
	if usage != "" {
		c.usage += " " + usage
	}
	for args := c.args; len(args) > 0; {
		if err := c.Parse(args); err != nil {
			return nil, c.wrong("%w", err)
		}
		if args = c.Args(); len(args) > 0 {
			c.rest, args = append(c.rest, args[0]), args[1:]
		}
	}
	least, most := count(usage)
	if len(c.rest) < least || len(c.rest) > most {
		return nil, c.wrong("%d words where %s are expected", len(c.rest), between(least, most))
	}
	return slices.Concat(c.rest, make([]string, most-len(c.rest))), nil
}

// count is how many operands a usage names: its words up to the first flag.
func count(usage string) (least, most int) {
	for _, word := range strings.Fields(usage) {
		switch {
		case strings.HasPrefix(strings.TrimLeft(word, "["), "-"):
			return least, most
		case !strings.HasPrefix(word, "["):
			least++
		}
		most++
	}
	return least, most
}

func between(least, most int) string {
	if least == most {
		return fmt.Sprint(least)
	}
	return fmt.Sprintf("%d to %d", least, most)
}

// wrong is a use of the command that it does not know.
func (c *call) wrong(format string, args ...any) error {
	return fmt.Errorf(format+"\nusage: evoladder "+c.usage, args...)
}

// isSet says whether a flag was written.
func (c *call) isSet(name string) bool {
	set := false
	c.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}
