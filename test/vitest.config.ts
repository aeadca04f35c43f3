import { fileURLToPath } from 'node:url'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { LONG_TESTS } from './long-tests.ts'

const packages = fileURLToPath(new URL('../packages/', import.meta.url))

const grafana = fileURLToPath(new URL('../deploy/grafana/src/index.ts', import.meta.url))

// Packages resolve to their sources, so that a test never runs against a stale build.
const alias = Object.fromEntries(
  readdirSync(packages, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => [`@callback-quorum/${name}`, `${packages}${name}/src/index.ts`]),
)

export default defineConfig({
  resolve: { alias: { ...alias, '@callback-quorum/grafana': grafana } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'deploy/grafana/test/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...LONG_TESTS],
    globalSetup: ['test/vitest-postgres.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Tests wait for databases and child processes: on two processors two files at once take 11 minutes, one after the other 20.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
})
