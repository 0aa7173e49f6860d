import { defineConfig } from "vitest/config"

/** For the clients that have no test runner of their own: one file after the other, since they share a node. */
export default defineConfig({
  test: {
    include: ["*.test.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["verbose"],
  },
})
