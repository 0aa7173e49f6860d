import type { Registry } from "prom-client"

const SECONDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

type Gauges = Readonly<Record<string, { readonly help: string; readonly value: () => number }>>

interface Durations {
  /** Calls by the first bound of {@link SECONDS} that they did not exceed; the last is for those above all of them. */
  readonly counts: number[]
  seconds: number
}

/** What `GET /metrics` tells, in Prometheus' text format. */
export class Metrics {
  readonly #gauges: Gauges
  readonly #durations = new Map<string, Durations>()
  /** By method and code. */
  readonly #errors = new Map<string, { readonly method: string; readonly code: number; count: number }>()
  #registry: Promise<Registry> | undefined

  /** @param gauges - Values that are asked for when somebody reads the metrics. */
  constructor(gauges: Gauges = {}) {
    this.#gauges = gauges
  }

  /** One call that was answered. Unknown methods share one label, or anybody could make as many as they like. */
  observe(call: { method: string; known: boolean; milliseconds: number; error: { code: number } | undefined }): void {
    const method = call.known ? call.method : "unknown"
    const seconds = call.milliseconds / 1000
    let durations = this.#durations.get(method)
    if (durations === undefined) {
      durations = { counts: new Array<number>(SECONDS.length + 1).fill(0), seconds: 0 }
      this.#durations.set(method, durations)
    }
    let bucket = 0
    while (bucket < SECONDS.length && seconds > SECONDS[bucket]!) bucket++
    durations.counts[bucket]!++
    durations.seconds += seconds
    if (call.error === undefined) return
    const { code } = call.error
    const name = `${method} ${code}`
    const errors = this.#errors.get(name)
    if (errors === undefined) this.#errors.set(name, { method, code, count: 1 })
    else errors.count++
  }

  /** The text. What the process itself uses is collected from the first time on that somebody asks. */
  async text(): Promise<string> {
    this.#registry ??= this.#register()
    return (await this.#registry).metrics()
  }

  /** prom-client writes the text; what is counted for each call is counted here, since its own counting costs more than some calls. */
  async #register(): Promise<Registry> {
    const { Counter, collectDefaultMetrics, Gauge, Registry } = await import("prom-client")
    const registry = new Registry()
    for (const [name, { help, value }] of Object.entries(this.#gauges))
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(value())
        },
      })
    const durations = this.#durations
    registry.registerMetric({
      name: "fevm_rpc_duration_seconds",
      help: "Time from a JSON-RPC request to its answer",
      type: "histogram",
      aggregator: "sum",
      get: async () => ({
        name: "fevm_rpc_duration_seconds",
        help: "Time from a JSON-RPC request to its answer",
        type: "histogram",
        aggregator: "sum",
        values: [...durations].flatMap(([method, row]) => histogramOf(method, row)),
      }),
      reset: () => durations.clear(),
    } as never)
    const errors = this.#errors
    new Counter({
      name: "fevm_rpc_errors_total",
      help: "JSON-RPC requests answered by an error",
      labelNames: ["method", "code"],
      registers: [registry],
      collect() {
        this.reset()
        for (const { method, code, count } of errors.values()) this.inc({ method, code }, count)
      },
    })
    collectDefaultMetrics({ register: registry })
    return registry
  }
}

function histogramOf(method: string, { counts, seconds }: Durations) {
  const name = "fevm_rpc_duration_seconds"
  let below = 0
  const buckets = counts.map((count, i) => {
    below += count
    return { metricName: `${name}_bucket`, labels: { le: SECONDS[i] ?? "+Inf", method }, value: below }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { method }, value: seconds },
    { metricName: `${name}_count`, labels: { method }, value: below },
  ]
}
