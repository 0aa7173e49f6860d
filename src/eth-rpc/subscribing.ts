import type { Source } from "../json-rpc/subscriptions.ts"
import { encodeHeader, encodeTransaction } from "./codecs/block.ts"
import { toHex } from "./codecs/hex.ts"
import { logFilter } from "./codecs/log-filter.ts"
import type { EthContext } from "./context.ts"
import { ethError } from "./errors.ts"
import { findTransaction } from "./reads.ts"

/**
 * Where the news of a subscription come from.
 *
 * @param options - Of `logs` a filter, of `newPendingTransactions` true for whole transactions.
 * @throws RpcError - No subscription of that name, or options that it does not take.
 */
export function subscriptionSource(context: EthContext, kind: string, options: unknown): Source {
  const { filters, blocks } = context
  switch (kind) {
    case "newHeads":
      return (push) => {
        let last: Promise<void> = Promise.resolve()
        return filters.onBlock((tipset) => {
          const block = blocks.read(tipset)
          last = last.then(async () => push(encodeHeader(await block))).catch(() => {}) // reverted before anybody had read it
        })
      }
    case "logs": {
      const parsed = logFilter.schema.safeParse(options ?? {})
      if (!parsed.success)
        throw ethError("invalidInput", {
          message: `invalid argument 1 (options): ${parsed.error.issues[0]?.message ?? "a log filter"} expected`,
        })
      return (push) => filters.onLog(parsed.data, push)
    }
    case "newPendingTransactions":
      return (push) =>
        filters.onPendingTransaction((hash) => {
          if (options !== true) push(toHex(hash))
          else
            void findTransaction(context, hash).then((found) => {
              if (found) push(encodeTransaction(found.view, found.place))
            })
        })
    case "syncing":
      return (push) => {
        push(false)
        return () => {}
      }
    default:
      throw ethError("unknownSubscription", { name: kind.slice(0, 100) })
  }
}
