// Log, witnesses, proven time, census (FORMAT.md §4–§6): the layers above signatures and chain.
// This page doesn't judge them: where a package brings proofs it says so (INDETERMINATE), and never that they passed.
// Whoever adds them judges here: `judgeLayers` gets everything that the earlier steps found.
import { NOT_CLAIMED } from "./findings.js";
import { PROOFS } from "./layout.js";

const LAYERS = ["log", "witness", "time", "census"];

export function judgeLayers(pack, findings) {
  const enclosed = pack.names.some((name) => name.startsWith(PROOFS));
  for (const layer of LAYERS) {
    if (enclosed) findings.unsettled(layer, "layer-unjudged", "data/proofs", null, { layer });
    else findings.add(NOT_CLAIMED, layer, `${layer}-not-claimed`);
  }
}
