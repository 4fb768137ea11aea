"""Go's own log and notes (x/mod/sumdb/tlog, note), which its toolchain carries, as a judge of tiles, proofs and notes.

The two packages are copied out of the toolchain into a module of their own, so nothing is fetched. One program reads
lines of JSON and answers each with a line of JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

MAIN = """package main

import (
\t"bufio"
\t"encoding/base64"
\t"encoding/json"
\t"fmt"
\t"os"

\t"judge/note"
\t"judge/tlog"
)

type Ask struct {
\tDo      string
\tEntries [][]byte
\tSize    int64
\tOld     int64
\tIndex   int64
\tText    []byte
\tKey     string
}

func must(err error) {
\tif err != nil {
\t\tpanic(err)
\t}
}

func main() {
\tin := bufio.NewScanner(os.Stdin)
\tin.Buffer(make([]byte, 1<<20), 1<<28)
\tfor in.Scan() {
\t\tvar ask Ask
\t\tmust(json.Unmarshal(in.Bytes(), &ask))
\t\tanswer := map[string]any{}
\t\tfunc() {
\t\t\tdefer func() {
\t\t\t\tif r := recover(); r != nil {
\t\t\t\t\tanswer["error"] = fmt.Sprint(r)
\t\t\t\t}
\t\t\t}()
\t\t\tswitch ask.Do {
\t\t\tcase "log":
\t\t\t\tanswer = log(ask)
\t\t\tcase "note":
\t\t\t\tverifier, err := note.NewVerifier(ask.Key)
\t\t\t\tmust(err)
\t\t\t\topened, err := note.Open(ask.Text, note.VerifierList(verifier))
\t\t\t\tmust(err)
\t\t\t\ttree, err := tlog.ParseTree([]byte("go.sum database tree\\n" + opened.Text[len("example.org/log\\n"):]))
\t\t\t\tmust(err)
\t\t\t\tanswer["text"], answer["size"], answer["root"] = opened.Text, tree.N, tree.Hash[:]
\t\t\tcase "key":
\t\t\t\tskey, vkey, err := note.GenerateKey(nil, ask.Key)
\t\t\t\tmust(err)
\t\t\t\tanswer["skey"], answer["vkey"] = skey, vkey
\t\t\tcase "path":
\t\t\t\ttile, err := tlog.ParseTilePath(string(ask.Text))
\t\t\t\tmust(err)
\t\t\t\tanswer["level"], answer["n"], answer["width"] = tile.L, tile.N, tile.W
\t\t\t}
\t\t}()
\t\tout, err := json.Marshal(answer)
\t\tmust(err)
\t\tfmt.Println(string(out))
\t}
}

func log(ask Ask) map[string]any {
\tvar hashes []tlog.Hash
\tread := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
\t\tvar out []tlog.Hash
\t\tfor _, i := range indexes {
\t\t\tout = append(out, hashes[i])
\t\t}
\t\treturn out, nil
\t})
\tfor i, entry := range ask.Entries {
\t\tmore, err := tlog.StoredHashes(int64(i), entry, read)
\t\tmust(err)
\t\thashes = append(hashes, more...)
\t}
\tsize := int64(len(ask.Entries))
\troot, err := tlog.TreeHash(size, read)
\tmust(err)
\ttiles := map[string][]byte{}
\tfor _, tile := range tlog.NewTiles(8, 0, size) {
\t\tdata, err := tlog.ReadTileData(tile, read)
\t\tmust(err)
\t\ttiles[tile.Path()] = data
\t}
\tinclusion, err := tlog.ProveRecord(size, ask.Index, read)
\tmust(err)
\tconsistency, err := tlog.ProveTree(size, ask.Old, read)
\tmust(err)
\treturn map[string]any{"root": root[:], "tiles": tiles, "inclusion": list(inclusion), "consistency": list(consistency)}
}

func list(proof []tlog.Hash) []string {
\tout := []string{}
\tfor _, hash := range proof {
\t\tout = append(out, base64.StdEncoding.EncodeToString(hash[:]))
\t}
\treturn out
}
"""


class GoJudge:
    """The program, running; `ask` puts one question."""

    def __init__(self, folder: Path) -> None:
        go = shutil.which("go")
        assert go is not None
        home = {**os.environ, "GOCACHE": str(folder / "cache"), "GOFLAGS": "-mod=mod", "GOPROXY": "off"}
        root = subprocess.run([go, "env", "GOROOT"], capture_output=True, check=True, text=True).stdout.strip()
        carried = Path(root) / "src/cmd/vendor/golang.org/x/mod/sumdb"
        for name in ("note", "tlog"):
            shutil.copytree(carried / name, folder / name)
        (folder / "go.mod").write_text("module judge\n\ngo 1.22\n")
        (folder / "main.go").write_text(MAIN)
        subprocess.run([go, "build", "-o", "judge", "."], cwd=folder, env=home, check=True, capture_output=True)
        self._process = subprocess.Popen([folder / "judge"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **question: Any) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        assert self._process.wait(timeout=30) == 0
