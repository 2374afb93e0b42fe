"""Small good inputs of every parser, from which hostile ones are made, and the words of its language."""

import io
import json
from collections.abc import Iterator

from .fuzz_mutations import PACKERS, zipped

SETTINGS = (
    b"seed: 1\nmodel:\n  cell: gru\n  hidden_size: [8, 16]\n  num_layers: 2\ntrain:\n  max_steps: 10\n",
    b"task: forecast\nseries:\n  id_col: [a, b]\n  freq: D\nforecast: {horizon: 7, loss: quantile, quantiles: [0.9]}\n",
    b"data:\n  files: ['a.txt', \"b.txt\"]\n  encoding: latin-1\noptim: {lr: 1e-3, clip_norm: 1}\nseed: 3\n",
)
ASSIGNED = (
    b"model.cell=gru\nmodel.hidden_size=[8,16]\nRNNCLI_SEED=3\noptim.lr=1e-3\n",
    b"task=classify\npairs.target=[y]\ntrain.workers=2\nRNNCLI_TRAIN__MAX_STEPS=4\n",
    b"task=forecast\nseries.freq=15min\nforecast.season=24\ndata.val_frac=0.2\ntrain.workers=auto\n",
)
WORDS_OF_SETTINGS = (
    *(
        b"model.",
        b"train:",
        b"optim:\n  ",
        b"!!python/object:",
        b"&a ",
        b"*a",
        b"<<: ",
        b"%YAML 9.9\n",
        b"---\n",
        b"? ",
    ),
    *(
        b"|+9\n",
        b"'\\U00110000'",
        b'"\\xZZ"',
        b".inf",
        b"~",
        b"[[[[",
        b"hidden_size",
        b"workers",
        b"RNNCLI_",
        b"__",
        b"=",
    ),
)


def rows(header: str, row: str, n: int = 12) -> bytes:
    """A table of n rows; {t} counts, {d} is a day, {v} a value."""
    body = (row.format(t=t, d=f"{1 + t:02d}", v=f"{10 + t % 5}.{t % 10}", w=f"{10 + t % 5},{t % 10}") for t in range(n))
    return "\n".join((header, *body, "")).encode()


DELIMITED = (
    rows("ds,y", "2024-01-{d},{v}"),
    rows("date;amount;city", "{d}.02.2023;{w} €;Köln"),
    rows("id\tstamp\ty\tholiday", "a\t2024-03-{d} 0{t}:00\t{v}\t1", 9)
    + rows("b\t2024-03-01 01:00\t1\t0", "b\t2024-03-{d} 02:00\t2\t0", 4),
    rows("y", "{v}"),
    rows("Report\n\nMonth,2021,2022,2023", "{t},{v},{v},{v}"),
    rows("name," + ",".join(f"2024-01-{d:02d}" for d in range(1, 13)), "s{t},1,2,3,4,5,6,7,8,9,10,11,12", 3),
    rows("year,month,value\n# a comment", "20{d},12,1.{t}"),
    rows("time   load   temp", "{d}.01.2024   {v}   -3.5"),
    rows('"a ""b""",t,"multi\nline"', '"x,{t}",{t},"{v}"'),
    rows("steps,week", "{v},2024-W1{t}", 9) + b"Total,99\n",
)
JSON = (
    json.dumps([{"ds": f"2024-01-{1 + t:02d}", "y": t % 5 + 0.5, "in": {"a": t}} for t in range(9)]).encode(),
    b"\n".join(json.dumps({"ds": f"2024-01-{1 + t:02d}", "y": t % 5}).encode() for t in range(9)),
    json.dumps({"columns": ["ds", "y"], "data": [[f"2024-01-{1 + t:02d}", t % 5] for t in range(9)]}).encode(),
    json.dumps({"y": {str(t): t % 5 for t in range(9)}, "z": {str(t): None for t in range(9)}}).encode(),
    json.dumps({"meta": 1, "result": {"rows": [{"t": t, "v": str(t)} for t in range(9)]}}).encode(),
)
WORDS_OF_TABLES = (
    *(b"2024-02-30", b"31.12.9999", b"0000-00-00", b"1/2/03", b"2024-W53", b"2024Q5", b"Feb 29 2023", b"24:00", b"1e5"),
    *(
        b"12:60:61",
        b"2024-03-31T02:30:00+02:00",
        b"20240101",
        b"1700000000000",
        b"1.234.567,89",
        b"1'000",
        b"(5)",
        b"5%",
    ),
    *(
        b"NA",
        b"n/a",
        b"total",
        b"$1.5M",
        b"unique_id",
        b"ds",
        b"y",
        b"2024",
        b"Unnamed: 0",
        b"file",
        b"NaT",
        b"\xe4\xf6",
    ),
    *(
        b"2262-04-12",
        b"1677-09-21",
        b"-9999-01-01",
        b"Januar",
        b"janvier",
        b"2011/12",
        b"sept. 3",
        b"a.m.",
        b"\xd9\xa3",
    ),
)
NUMBERS = (
    b"1.5\n2\n-3e4\n",
    b"1.234,5\n7,0\n",
    b"1,234\n5,678\n",
    b"$5\n($3)\n",
    b"5 %\n7 %\n",
    b"1K\n2M\n",
    b"1:02:03\n",
)
DATES = (
    *(rows("", each, 6)[1:] for each in ("2024-01-{d}", "{d}/01/2024", "Jan {d}, 2024", "2024-01-{d} 00:30:00+01:00")),
    *(
        rows("", each, 6)[1:]
        for each in ("2024-W{d}", "2024Q1", "202401{d}", "17000{d}0000", "{t}", "{d}.1.24 5:00 PM")
    ),
    *(
        b"D\n2024-01-01\n",
        b"15min\n",
        b"W-SUN\n",
        b"%d.%m.%Y\n",
        b"weekends,18:00-08:00\n",
        b"M-30\n",
        b"2024-01-01/P1D\n",
    ),
)
WORDS_OF_DATES = (
    *WORDS_OF_TABLES,
    *(f"%{sign}".encode() for sign in "YmdHMSjbzqnVfGp%"),
    b"-NOV",
    b"..",
    b"2024-12-24",
)
TEXTS = (
    b"the cat sat on a mat and a dog ran to the big tree\n" * 6,
    "größe ñandú \u4e2d\u6587 \u0939\u093f\u0928\u094d\u0926\u0940 \U0001f469\u200d\U0001f4bb e\u0301\r\n".encode() * 5,
    "\ufefftext with a mark\n".encode("utf-16-le") * 5,
    bytes(range(256)) * 2,
    b"aaaa" * 40,
)
PROMPTS = (b"the cat", "sat \u00fc\u4e2d".encode(), b"a\n\nb", b"", b"word\xffword  ")
PAIRS = (
    rows("text\tmood", "a good day {t}\tglad", 6) + rows("a bad day\tsad", "a bad night {t}\tsad", 5),
    rows("a,b,y", "{t},{d},{v}"),
    b"\n".join(json.dumps({"text": f"day {t}", "label": "ab"[t % 2]}).encode() for t in range(8)),
    b"".join(b"__label__%s some text %d\n" % (b"ab"[t % 2 : t % 2 + 1], t) for t in range(8)),
    b"".join(b"DET:%s the word %d\n" % (b"ab"[t % 2 : t % 2 + 1], t) for t in range(8)),
    b"the DET\ndog NOUN\nran VERB\n\na DET\nfox NOUN\n\n" * 4,
    b"# text = x\n1\tThe\tthe\tDET\t_\t_\t2\tdet\t_\t_\n2\tdog\tdog\tNOUN\t_\t_\t0\troot\t_\t_\n\n" * 4,
    b"@problemName p\n@timeStamps false\n@univariate true\n@classLabel true a b\n@data\n1,2,3:a\n2,3,4:b\n3,?,5:a\n",
    b"1\t0.5\t0.25\t-1.5\n2\t0.1\t0.2\t0.3\n" * 5,
    b"hello there\thallo du\ngood night\tgute Nacht\n" * 5,
)
WORDS_OF_PAIRS = (
    *(
        b"\t",
        b"__label__",
        b"@data\n",
        b"@classLabel",
        b"@timeStamps true",
        b"-DOCSTART-",
        b"1-2\t",
        b"1.1\t",
        b"text\tlabel",
    ),
    *(b"source,target", b'{"text": ', b"[1, [2, 3]]", b"?", b":", b"nan", b"(0.5,1)", b"\n\n", b"id\t", b"class"),
)
WORDS_OF_WORKBOOKS = (
    *(
        b"<row>",
        b"</row>",
        b'r="XFD1048576"',
        b't="s"',
        b't="e"',
        b"<v>#N/A</v>",
        b"<v>45000</v>",
        b"&amp;",
        b"&#0;",
        b"&x;",
    ),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<mergeCell ref='A1:B2'/>", b"<f>1/0</f>", b"date1904='1'", b"<c r='A0'>"),
    b'table:number-rows-repeated="1048576"',
    b'table:number-columns-repeated="16384"',
    b'office:value-type="date"',
)


def archives() -> Iterator[bytes]:
    """Tables packed in each way, once, twice and beside others."""
    table = DELIMITED[0]
    packed = {name: pack(table) for name, (pack, _) in PACKERS.items()}
    yield from packed.values()
    yield zipped([("a.csv", table)])
    yield zipped([("a.csv", table), ("b/c.txt", b"words"), ("d.csv.gz", packed["gzip"])])
    yield zipped([("in.zip", zipped([("a.csv", table)]))])


def workbooks() -> Iterator[bytes]:
    """Workbooks of Excel with numbers, dates, times, texts, errors, merged and empty cells; and one of LibreOffice."""
    from datetime import date, datetime, time

    from openpyxl import Workbook

    for kind in range(3):
        book = Workbook()
        sheet = book.worksheets[0]
        if kind:
            sheet.append(["Report of the year"])
            sheet.merge_cells("A1:C1")
        sheet.append(["ds", "y", "note"])
        for t in range(8):
            stamp = (date(2024, 1, 1 + t), datetime(2024, 1, 1, t, 30), time(t, 15))[kind]
            sheet.append([stamp, t + 0.5 if t % 3 else None, ("x", "#N/A", "=A1")[kind]])
        book.create_sheet("other").append(["y", 1])
        out = io.BytesIO()
        book.save(out)
        yield out.getvalue()
    yield ods()


def ods() -> bytes:
    """A workbook of LibreOffice."""
    names = {"table": "table:1.0", "office": "office:1.0", "text": "text:1.0"}
    spaces = " ".join(f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}"' for key, name in names.items())
    cells = "".join(
        f'<table:table-row><table:table-cell office:value-type="date" office:date-value="2024-01-{1 + t:02d}"/>'
        f'<table:table-cell office:value-type="float" office:value="{t}.5"/></table:table-row>'
        for t in range(6)
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="s">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped([("mimetype", kind), ("content.xml", content.encode()), ("META-INF/manifest.xml", b"<manifest/>")])


def parquets() -> Iterator[bytes]:
    """Tables in Parquet with each kind of column."""
    from datetime import date, datetime, timedelta
    from decimal import Decimal

    import pyarrow as pa
    from pyarrow import parquet

    n = 6
    days = [date(2024, 1, 1) + timedelta(t) for t in range(n)]
    times = [datetime(2024, 1, 1, t) for t in range(n)]
    tables = (
        {"ds": pa.array(days), "y": pa.array([float(t) for t in range(n)])},
        {"ds": pa.array(times, pa.timestamp("ns", "Europe/Berlin")), "y": pa.array([Decimal(t) for t in range(n)])},
        {"t": pa.array(range(n), pa.uint64()), "y": pa.array([None, 1, 2, 3, 4, 5]), "b": pa.array([b"\xff"] * n)},
        {"id": pa.array(["a", "b"] * 3).dictionary_encode(), "y": pa.array(range(n)), "l": pa.array([[1]] * n)},
        {"s": pa.array([{"a": 1}] * n), "y": pa.array([True] * n), "d": pa.array([timedelta(t) for t in range(n)])},
    )
    for columns in tables:
        out = io.BytesIO()
        parquet.write_table(pa.table(columns), out)
        yield out.getvalue()
