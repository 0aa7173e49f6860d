// Runs the built node once, with what a first test of a contract asks of it, and has each of its threads leave the code that V8 has compiled
// by then beside the program (load.cjs). It fails aloud, and the build goes on: without these files a start is slower, that is all.
import { spawn } from "node:child_process"
import { readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist")
const LIMIT_MS = 60_000
/** Of the node: its main thread and its executing threads are programs of their own. */
const THREADS = ["cli-main", "chain-worker"]

const { FEVM_BUNDLE: _, NODE_OPTIONS: __, ...env } = process.env
const node = spawn(process.execPath, [join(dist, "cli/main.cjs"), "node", "--port", "0", "--no-warm-up"], {
  env: { ...env, FEVM_RECORD_CODE: "1" },
  stdio: ["ignore", "pipe", "pipe", "ipc"],
})
let complaints = ""
node.stderr.on("data", (chunk) => {
  complaints += chunk
})
const tooLong = setTimeout(() => node.kill("SIGKILL"), LIMIT_MS)
try {
  const url = await listening()
  await use(url)
  // A thread that starts late hears of it the next time.
  while (!THREADS.every(recorded)) {
    if (node.exitCode !== null || node.signalCode !== null) throw new Error("the node ended")
    node.send("write")
    await sleep(500)
  }
} catch (error) {
  process.stderr.write(`the compiled code of the programs was not recorded: ${error.message}\n${complaints}`)
} finally {
  clearTimeout(tooLong)
  node.kill("SIGTERM")
}

function recorded(name) {
  return readdirSync(join(dist, "bundle")).some((file) => file.startsWith(`${name}-`) && file.endsWith(".code"))
}

async function listening() {
  let said = ""
  for await (const chunk of node.stdout) {
    said += chunk
    const port = /Listening on \S+:(\d+)/.exec(said)?.[1]
    if (port !== undefined) return `http://127.0.0.1:${port}`
  }
  throw new Error("the node did not start")
}

/** A deployment, a call, a transaction, and what tools ask around them. */
async function use(url) {
  let id = 0
  const ask = async (method, ...params) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params }),
    })
    const { result, error } = await response.json()
    if (error) throw new Error(`${method}: ${error.message}`)
    return result
  }
  await ask("eth_chainId")
  await ask("net_version")
  const [from] = await ask("eth_accounts")
  await ask("eth_getBalance", from, "latest")
  // Logs the word 2a, returns it.
  const runtime = "602a60005260206000a060206000f3"
  const data = `0x600f600c600039600f6000f3${runtime}`
  await ask("eth_getTransactionCount", from, "latest")
  await ask("eth_gasPrice")
  await ask("eth_estimateGas", { from, data })
  const created = await ask("eth_sendTransaction", { from, data })
  const { contractAddress: to } = await ask("eth_getTransactionReceipt", created)
  await ask("eth_call", { from, to }, "latest")
  await ask("eth_getCode", to, "latest")
  const hash = await ask("eth_sendTransaction", { from, to })
  await ask("eth_getTransactionByHash", hash)
  await ask("eth_getBlockByNumber", "latest", true)
  await ask("eth_getLogs", { fromBlock: "earliest", address: to })
}
