"""The places at which the package is broken to see whether the plan fails: see `mutants`."""

from typing import NamedTuple


class Edit(NamedTuple):
    """Words of a file below rnncli/, which stand there once, and others in their place."""

    file: str
    old: str
    new: str


class Mutant(NamedTuple):
    """A way in which the package could be broken, and the row of the plan that has to see it."""

    row: str
    what: str
    edits: tuple[Edit, ...]


ATOMIC, FOLDER, CHECKPOINT = "storage/atomic_files.py", "storage/run_folder.py", "storage/checkpoint.py"
MAIN, STREAMS, WORKER = "cli/main.py", "ui/streams.py", "training/worker_process.py"
IN_PLACE = (
    Edit(ATOMIC, 'open(temporary, "xb", opener=without_links)', 'open(path, "wb", opener=without_links)'),
    Edit(ATOMIC, "os.replace(temporary, path)", "pass"),
)
UNSYNCED = (Edit(ATOMIC, "os.fsync(file.fileno())", "pass"),)
NO_SWEEP = (Edit(FOLDER, "            sweep(folder)", "            pass"),)
NO_DIGEST = (Edit(CHECKPOINT, "name not in arrays or _digest(name, arrays[name]) != digests.get(name)", "False"),)
NO_SEAL = (Edit(CHECKPOINT, "if not isinstance(meta, dict) or _sealed(", "if False and _sealed("),)
RAW = (Edit("phrases.py", "return UNSAFE.sub(escaped, text)", "return text"),)
MUTANTS = (
    Mutant("kills", "what killed processes left is not swept away", NO_SWEEP),
    Mutant("kills", "the log is not rewound", (Edit(FOLDER, "file.truncate(size)", "pass"),)),
    Mutant(
        "kills",
        "the optimizer is not restored",
        (Edit("training/trainer.py", 'fill(self.store, f"opt/{slot}/", vector, arrays, path)', "pass"),),
    ),
    Mutant("calls", "files are written in place", IN_PLACE),
    Mutant(
        "calls",
        "an error of the system is a bug",
        (
            Edit(
                MAIN,
                "    if isinstance(error, OSError):\n        return RESOURCES,",
                "    if False:\n        return 6,",
            ),
            Edit(
                ATOMIC,
                "    except OSError as error:\n        _delete",
                "    except BufferError as error:\n        _delete",
            ),
        ),
    ),
    Mutant("power cuts", "files are not synced before they are renamed", UNSYNCED),
    Mutant("power cuts", "files are written in place", IN_PLACE),
    Mutant("full disks", "files are written in place", IN_PLACE),
    Mutant(
        "truncations",
        "an error of the format is not made one of ours",
        (
            Edit(CHECKPOINT, "except (ValueError, RecursionError) as error:", "except RecursionError as error:"),
            Edit(CHECKPOINT, "except (OSError, ValueError) as error:", "except OSError as error:"),
        ),
    ),
    Mutant("header bits", "the seal is not checked", NO_SEAL),
    Mutant("data bits", "the digests are not checked", NO_DIGEST),
    Mutant(
        "malformed models",
        "the description is not checked",
        (
            Edit(
                "storage/description.py",
                '    check(meta, MODEL, "")\n    check(meta["progress"]',
                '    check(meta["progress"]',
            ),
        ),
    ),
    Mutant(
        "malformed models",
        "the weights are not checked",
        (Edit("storage/description.py", "            check_weights(store, prefix, arrays, path)", "            pass"),),
    ),
    Mutant(
        "signals",
        "a stop does not save",
        (
            Edit(
                "training/loop.py",
                "if self.saved != self.progress.step:\n            yield self._checkpoint()\n"
                "        self._ensure_model()\n        raise",
                "self._ensure_model()\n        raise",
            ),
        ),
    ),
    Mutant(
        "signals",
        "SIGTERM is not taken",
        (Edit("cli/interruption.py", '("SIGINT", "SIGTERM", "SIGHUP")', '("SIGINT", "SIGHUP")'),),
    ),
    Mutant(
        "signals", "SIGUSR1 is not taken", (Edit("cli/stopping.py", '("SIGHUP", "SIGUSR1")', '("SIGHUP", "NONE")'),)
    ),
    Mutant("workers", "a stopped worker is not continued", (Edit(WORKER, "if self._is_stopped():", "if False:"),)),
    Mutant("workers", "the end of a worker is not seen", (Edit(WORKER, "if answer != DONE:", "if False:"),)),
    Mutant(
        "streams",
        "standard error has to be read",
        (Edit(STREAMS, "            return len(data)", "            raise"),),
    ),
    Mutant(
        "streams", "closed streams are not replaced", (Edit(STREAMS, "    if sys.stdout is None:", "    if False:"),)
    ),
    Mutant("resizes", "the bar is not taken off the terminal", (Edit("ui/bar.py", "self.live.stop()", "pass"),)),
    Mutant("escapes", "what is unsafe is written raw", RAW),
    Mutant("memory", "too little memory is a bug", (Edit(MAIN, "if is_out_of_memory(error):", "if False:"),)),
    Mutant(
        "growth",
        "each step keeps a copy of the parameters",
        (
            Edit(
                "training/trainer.py",
                "        self.progress.clips += factor < 1\n",
                "        self.progress.clips += factor < 1\n        KEPT.append(self.theta.copy())\n",
            ),
            Edit("training/trainer.py", "\n\n\nclass Trainer", "\n\n\nKEPT = []\n\n\nclass Trainer"),
        ),
    ),
    Mutant(
        "environments",
        "odd sizes of the terminal are believed",
        (Edit(MAIN, "            del environ[name]", "            pass"),),
    ),
    Mutant(
        "environments",
        "the locale of the user is set, whatever it is",
        (
            Edit(
                MAIN,
                "    settle_environment(os.environ)\n    if",
                '    settle_environment(os.environ)\n    __import__("locale").setlocale(6, "")\n    if',
            ),
        ),
    ),
    Mutant(
        "environments",
        "letters that a stream lacks are an error",
        (Edit(STREAMS, 'else "backslashreplace"', 'else "strict"'),),
    ),
    Mutant(
        "another user",
        "a model that cannot be read is no model error",
        (Edit(CHECKPOINT, "except (OSError, ValueError) as error:", "except ValueError as error:"),),
    ),
    Mutant(
        "one folder", "a run is not locked", (Edit("storage/folder_lock.py", "        hold(file)", "        pass"),)
    ),
    Mutant(
        "one folder",
        "a folder is claimed some time after the look, and one that is taken is an error",
        (
            Edit(
                FOLDER,
                "            with suppress(RunInUse):  # since",
                '            __import__("time").sleep(0.2)\n            if True:  # since',
            ),
        ),
    ),
    Mutant(
        "one cache",
        "files that another process writes are swept away",
        (
            Edit(
                "data/text/cache_entries.py",
                "if (age > UNLOCKED and _lock(file)) or age > ABANDONED:",
                "if age < ABANDONED:",
            ),
        ),
    ),
)
