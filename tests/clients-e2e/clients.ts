import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { type NodeProcess, startNodeProcess } from "./node-process.ts"

/** One client: a project of its own with its own lock file, run as its users run it against a node of its own. */
export interface Client {
  /** What `npm run test:clients NAME` takes. */
  readonly name: string
  /** The folder with `package.json` and `package-lock.json`, from the root of the repository. */
  readonly folder: string
  /** What a pass proves, for the list. */
  readonly proves: string
  /** `light`: `npm test` runs it too. `heavy`: only `npm run test:clients` does, since it takes long to install or to run. */
  readonly weight: "light" | "heavy"
  /** The command that is run in the folder. Default: `npm test`. */
  readonly command?: readonly string[]
  /** Needs a newer Node than we do: that of `tests/clients/node-22`, or else of the machine. Default: false */
  readonly node22?: boolean
  /** More arguments for `fevm node`. Default: none. */
  readonly node?: readonly string[]
}

/** Every client there is. The order is the order of a run. */
export const CLIENTS: readonly Client[] = [
  {
    name: "viem",
    folder: "tests/clients/viem",
    proves: "viem 2: public, wallet and test client actions, the test client in modes anvil, hardhat and ganache",
    weight: "light",
  },
  {
    name: "ethers",
    folder: "tests/clients/ethers",
    proves: "ethers 6: providers over HTTP and WebSocket, wallets, contracts, events, reverts",
    weight: "light",
  },
  {
    name: "web3",
    folder: "tests/clients/web3",
    proves: "web3.js 4: accounts, contracts, events, subscriptions, batches, fees, logs, typed data, its formatters",
    weight: "light",
  },
  {
    name: "wagmi",
    folder: "tests/clients/wagmi",
    proves: "wagmi's core: connect, balances, contracts, receipts, watching, multicall, signing",
    weight: "light",
  },
  {
    name: "ethers-5",
    folder: "tests/clients/ethers-5",
    proves: "ethers 5: providers, signers, contracts, events, errors as older projects know them",
    weight: "light",
  },
  {
    name: "web3-1",
    folder: "tests/clients/web3-1",
    proves: "web3.js 1: its formatters, contracts, subscriptions, batches, personal accounts",
    weight: "light",
  },
  {
    name: "hardhat-tests",
    folder: "hardhat-tests",
    proves: "Hardhat 2: a project with OpenZeppelin's contracts, an upgradeable proxy, CREATE2, time and state control",
    weight: "light",
  },
  {
    name: "hardhat-2",
    folder: "tests/clients/hardhat-2",
    proves:
      "Hardhat 2 with its toolbox: every network helper, every chai matcher, Ignition (deploy, resume, grow), scripts",
    weight: "light",
    // For a network of the name `localhost` Hardhat's ethers plugin gives every transaction 2^24 of Ethereum's gas.
    node: ["--gas", "lenient"],
  },
  {
    name: "hardhat-3",
    folder: "tests/clients/hardhat-3",
    proves: "Hardhat 3: viem and ethers plugins, network helpers, assertions, Ignition, on a Node 22 of its own",
    weight: "light",
    node22: true,
  },
  {
    name: "contracts",
    folder: "tests/clients/contracts",
    proves:
      "contracts of the real world: Uniswap v2 and v3, Safe, EntryPoint, upgradeable proxies, Seaport; what is predeployed",
    weight: "light",
  },
  {
    name: "foundry",
    folder: "tests/clients/foundry",
    proves:
      "Foundry's binaries: forge create, script with and without simulation, test on a fork; cast; anvil as a fork",
    weight: "heavy",
  },
  {
    name: "truffle",
    folder: "tests/clients/truffle",
    proves:
      "Truffle 5: compile, migrate, test over HTTP and WebSocket with snapshots between suites, exec, console, debug",
    weight: "heavy",
  },
  {
    name: "metamask",
    folder: "tests/clients/metamask",
    proves: "MetaMask's controllers: the network added, fees, transactions until confirmed, sped up or failed, tokens",
    weight: "light",
  },
  {
    name: "requests",
    folder: "tests/clients/requests",
    proves: "what graph-node, Blockscout's fetchers and the Remix IDE ask, request by request",
    weight: "light",
  },
  {
    name: "remix",
    folder: "tests/clients/remix",
    proves: "Remix' debugger library: steps, source lines, state and local variables of a transaction",
    weight: "light",
  },
]

/** How one client ended. */
export type Outcome =
  | { readonly kind: "ran"; readonly passed: number; readonly failed: number; readonly output: string }
  | { readonly kind: "skipped"; readonly reason: string }

const root = new URL("../../", import.meta.url)
const MINUTE = 60_000
const INSTALL_LIMIT = 10 * MINUTE
const RUN_LIMIT = 15 * MINUTE

interface Ended {
  readonly code: number | null
  readonly output: string
}

/** Runs a command in a process group of its own, which ends as a whole when the time is up. */
function run(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv, limit: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const [file, ...args] = command
    const child: ChildProcess = spawn(file!, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true })
    let output = ""
    const timer = setTimeout(() => {
      output += `\nended after ${limit / MINUTE} minutes\n`
      try {
        process.kill(-child.pid!, "SIGKILL")
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "ESRCH") throw cause
      }
    }, limit)
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text
      })
    child.once("error", reject)
    child.once("close", (code) => {
      clearTimeout(timer)
      resolve({ code, output })
    })
  })
}

const UNREACHABLE = "npm's registry is not reachable"
/** That it was not for one client; the others need not wait for it again. */
let unreachable = false

/** What `npm ci` says when it is the surroundings and not the lock file that is in the way. */
const OBSTACLES: readonly (readonly [RegExp, string])[] = [
  [/EBADPLATFORM|EBADENGINE/, "a package has no build for this platform"],
  [/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/, UNREACHABLE],
]

/**
 * Installs a client as its lock file says, unless that has been done.
 *
 * @returns Why it cannot be installed here, or `undefined` when it is installed.
 */
async function install(folder: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const stamp = `${folder}/node_modules/.installed`
  const lock = createHash("sha256")
    .update(readFileSync(`${folder}/package-lock.json`))
    .digest("hex")
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return undefined
  if (unreachable) return UNREACHABLE
  // No package's install script is run: what a client needs is in its packages, and a script could fetch anything.
  const args = [
    "npm",
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--fetch-retries=1",
    "--loglevel=error",
  ]
  const { code, output } = await run(args, folder, env, INSTALL_LIMIT)
  if (code === 0) {
    mkdirSync(dirname(stamp), { recursive: true })
    writeFileSync(stamp, lock)
    return undefined
  }
  const obstacle = OBSTACLES.find(([pattern]) => pattern.test(output))
  if (obstacle?.[1] === UNREACHABLE) unreachable = true
  if (obstacle) return obstacle[1]
  throw new Error(`npm ci in ${folder} failed:\n${output}`)
}

/**
 * The folder with the Node 22 that is to come first in the PATH; `undefined`: the machine's own is new enough.
 *
 * @returns As `skip`: why there is none.
 */
async function findNode22(): Promise<{ readonly bin?: string; readonly skip?: string }> {
  if (Number(process.versions.node.split(".")[0]) >= 22) return {}
  const folder = fileURLToPath(new URL("tests/clients/node-22", root))
  const skip = await install(folder, environment())
  if (skip) return { skip }
  const { platform, arch } = process
  const bin = `${folder}/node_modules/node-${platform === "win32" ? "win" : platform}-${arch}/bin`
  return existsSync(bin) ? { bin } : { skip: `it needs Node 22, and npm has none for ${platform}-${arch}` }
}

/** The environment of a user's shell: nothing of the test runner that may be around us. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, CI: "true", NO_COLOR: "1", FORCE_COLOR: "0", ...more }
  for (const name of Object.keys(env))
    if (
      name === "NODE_OPTIONS" ||
      name === "NODE_ENV" ||
      /^(VITEST|TEST$|NODE_V8_COVERAGE|npm_(package|lifecycle)_)/.test(name)
    )
      delete env[name]
  return env
}

const COUNTS = {
  // Vitest's "Tests  2 failed | 40 passed (42)", Mocha's "40 passing (2s)", node:test's "# pass 40" or "ℹ pass 40".
  passed: /^ *Tests .*?(\d+) passed|^ *(\d+) passing\b|^[#ℹ] pass (\d+)$/gm,
  failed: /^ *Tests .*?(\d+) failed|^ *(\d+) failing\b|^[#ℹ] fail (\d+)$/gm,
} as const

/** The tests that the summaries of Vitest, Mocha and node:test in an output speak of, added up. */
export function countTests(output: string): { readonly passed: number; readonly failed: number } {
  const sum = (pattern: RegExp) =>
    [...output.matchAll(pattern)].reduce((total, match) => total + Number(match.slice(1).find((text) => text)), 0)
  return { passed: sum(COUNTS.passed), failed: sum(COUNTS.failed) }
}

/**
 * Installs a client, starts a node by the built command, and runs the client's own tests against it.
 *
 * The tests find the node in `FEVM_URL` (`http://127.0.0.1:PORT`) and `FEVM_WS_URL`. A command that fails without counting a
 * failure is one failure, and so is a run without a test and a node that does not end well.
 */
export async function runClient(client: Client): Promise<Outcome> {
  const folder = fileURLToPath(new URL(client.folder, root))
  const { bin, skip } = client.node22 ? await findNode22() : {}
  const path = bin === undefined ? {} : { PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` }
  const obstacle = skip ?? (await install(folder, environment(path)))
  if (obstacle) return { kind: "skipped", reason: obstacle }
  const node: NodeProcess = await startNodeProcess("--log-level", "warn", ...(client.node ?? []))
  const env = environment({ ...path, FEVM_URL: node.url, FEVM_WS_URL: node.webSocketUrl, FEVM_PORT: `${node.port}` })
  let ended: Ended
  let exit: number | null
  try {
    ended = await run(client.command ?? ["npm", "test"], folder, env, RUN_LIMIT)
  } finally {
    exit = await node.stop()
  }
  let { code, output } = ended
  const { passed, failed } = countTests(output)
  let failures = failed
  if (exit !== 0) {
    failures += 1
    output += `\nthe node ended with ${exit}\n`
  }
  if (node.stderr() !== "") output += `\nthe node said:\n${node.stderr()}\n`
  if (failures === 0 && (code !== 0 || passed === 0)) {
    failures = 1
    output += `\nthe command ended with ${code} and ${passed} tests passed\n`
  }
  return { kind: "ran", passed, failed: failures, output }
}
