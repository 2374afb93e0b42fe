"""The commands, one file each: parse the options, call one function, pass its results to `rnncli.ui`."""
