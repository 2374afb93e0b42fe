"""The command line that the scripts of texts to write share: OUTPUT, --count and --seed."""

import argparse
from pathlib import Path


def parser_of(doc, name, seed, count, most, what):
    """A parser with the documentation of a script as its help.

    name: of the file or folder that it writes, beside the scripts unless OUTPUT says otherwise. count: how many of
    `what` there are in it by default, None if that is no single number; most: how many there can be.
    """

    def number(text):
        if not text.isdecimal() or not 0 < int(text) <= most:
            raise argparse.ArgumentTypeError(f"found {text!r}; allowed: a whole number from 1 to {most:,}")
        return int(text)

    usual = "" if count is None else f"; default: {count:,}"
    parser = argparse.ArgumentParser(description=doc.split("\n\n")[0])
    here = Path(__file__).with_name(name)
    parser.add_argument("output", nargs="?", type=Path, default=here, help=f"default: {name} beside the script")
    parser.add_argument("--count", type=number, default=count, metavar="N", help=f"number of {what}{usual}")
    parser.add_argument("--seed", type=int, default=seed, metavar="N", help=f"of all that is drawn; default: {seed}")
    return parser
