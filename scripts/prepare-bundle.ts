/** Works out of the embedded bundle what a start then finds done: `dist/actors/prepared.cbor`. Run by the build. */
import { readFileSync, writeFileSync } from "node:fs"
import { DEFAULT_NETWORK_VERSION } from "../src/chain/create.ts"
import { prepareBundle } from "../src/chain/prepared.ts"

const actors = new URL("../dist/actors/", import.meta.url)
const car = new Uint8Array(readFileSync(new URL("bundle.car", actors)))
writeFileSync(new URL("prepared.cbor", actors), prepareBundle(car, DEFAULT_NETWORK_VERSION))
