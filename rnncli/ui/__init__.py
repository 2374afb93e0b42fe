"""What a user sees: consumers of the events of `rnncli.events`."""
