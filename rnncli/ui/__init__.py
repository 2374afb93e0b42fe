"""The user interface: sinks for the events of `rnncli.events`, and the layout of reports."""
