import { configDefaults, defineConfig } from 'vitest/config'
import { LONG_TESTS } from './long-tests.ts'
import everyTest from './vitest.config.ts'

export default defineConfig({
  ...everyTest,
  test: { ...everyTest.test, include: LONG_TESTS, exclude: configDefaults.exclude },
})
