import { defineConfig } from 'vitest/config'

/** The suites with properties that have to hold for any input. */
const withProperties = ['unit', 'contract', 'flows', 'sandbox']

const projects = ['unit', 'contract', 'ledger', 'flows', 'sandbox', 'api', 'cli', 'faults', 'web'] as const

export default defineConfig({
  test: {
    globalSetup: ['test/support/database-server.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for comes at its own time, on a busy machine later.
    expect: { poll: { timeout: 10_000 } },
    // Two cores are a small machine; on them vitest's own choice is one process, which waits half of the time.
    maxWorkers: 2,
    // Our modules keep nothing between two tests; loading them anew for each file is a third of the time of a run.
    isolate: false,
    projects: projects.map((name) => ({
      extends: true,
      test: {
        name,
        ...(name === 'web' && { testTimeout: 60_000 }),
        include: [`test/${name}/**/*.test.ts`],
        setupFiles: withProperties.includes(name) ? ['test/support/property-seed.ts'] : [],
      },
    })),
  },
})
