"""The commands, one file each: parse, call one function, hand what it yields to `rnncli.ui`."""
