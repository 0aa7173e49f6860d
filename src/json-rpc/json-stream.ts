import { protocolError } from "./errors.ts"
import { RawJson } from "./json.ts"

/** Characters that a text may have where it cannot go out piece by piece. */
const MAX_TEXT = 200_000_000

/**
 * JSON text that is made while it goes out, for results that are too long to be held. It can be gone through once.
 *
 * Over HTTP nothing of it is made before the client has taken what was made before. In a batch, over a WebSocket and for a caller in this
 * process it is put together as a whole.
 */
export class JsonStream {
  readonly chunks: AsyncIterable<string>

  /** @param chunks - Pieces of one JSON value. */
  constructor(chunks: AsyncIterable<string>) {
    this.chunks = chunks
  }

  /** The same with text around it. */
  within(before: string, after: string): JsonStream {
    const { chunks } = this
    async function* write(): AsyncGenerator<string> {
      yield before
      yield* chunks
      yield after
    }
    return new JsonStream(write())
  }

  /** The whole text. @throws RpcError - It is longer than 200 million characters. */
  async gather(): Promise<RawJson> {
    const pieces: string[] = []
    let length = 0
    for await (const piece of this.chunks) {
      length += piece.length
      if (length > MAX_TEXT)
        throw protocolError("limitExceeded", {
          what: "length of this answer",
          got: length,
          limit: MAX_TEXT,
          remedy: "ask over HTTP by a request of its own, which answers while the text is made, or for less of it",
        })
      pieces.push(piece)
    }
    return new RawJson(pieces.join(""))
  }
}
