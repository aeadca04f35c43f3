import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { NO_PRICES, type PriceBook } from '../src/prices/index.ts'
import { compileRules } from '../src/rules/compile-rules.ts'
import { lintRules } from '../src/rules/lint-rules.ts'
import type { Rules } from '../src/rules/rule.ts'
import { rulesSchema } from '../src/rules/rules-schema.ts'
import { ASSETS } from './payments.ts'

/** Rules as an operator writes them, without the version, which every change of them raises here. */
export type WrittenFile = Omit<z.input<typeof rulesSchema>, 'version'>
export type WrittenRule = WrittenFile['rules'][number]

/** Compiles rules that have no problem; the digest is that of their content. */
export function rulesOf(file: WrittenFile, version: number, prices: PriceBook = NO_PRICES): Rules {
  const parsed = rulesSchema.parse({ version, ...file })
  const problems = lintRules(parsed, { assets: ASSETS, covers: (asset, currency) => prices.covers(asset, currency) })
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return compileRules(parsed, createHash('sha256').update(JSON.stringify(parsed)).digest('hex'), ASSETS)
}
