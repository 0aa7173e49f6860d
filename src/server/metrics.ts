import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client"

const SECONDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

/** What `GET /metrics` tells, in Prometheus' text format. */
export class Metrics {
  readonly registry: Registry = new Registry()
  readonly #duration: Histogram<"method">
  readonly #errors: Counter<"method" | "code">

  /** @param gauges - Values that are asked for when somebody reads the metrics. */
  constructor(gauges: Readonly<Record<string, { readonly help: string; readonly value: () => number }>> = {}) {
    this.#duration = new Histogram({
      name: "fevm_rpc_duration_seconds",
      help: "Time from a JSON-RPC request to its answer",
      labelNames: ["method"],
      buckets: SECONDS,
      registers: [this.registry],
    })
    this.#errors = new Counter({
      name: "fevm_rpc_errors_total",
      help: "JSON-RPC requests answered by an error",
      labelNames: ["method", "code"],
      registers: [this.registry],
    })
    for (const [name, { help, value }] of Object.entries(gauges))
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(value())
        },
      })
  }

  /** One call that was answered. Unknown methods share one label, or anybody could make as many as they like. */
  observe(call: { method: string; known: boolean; milliseconds: number; error: { code: number } | undefined }): void {
    const method = call.known ? call.method : "unknown"
    this.#duration.observe({ method }, call.milliseconds / 1000)
    if (call.error) this.#errors.inc({ method, code: call.error.code })
  }

  /** The text. Figures of the process itself are collected from the first time on that somebody asks. */
  async text(): Promise<string> {
    if (this.registry.getSingleMetric("process_cpu_seconds_total") === undefined)
      collectDefaultMetrics({ register: this.registry })
    return this.registry.metrics()
  }
}
