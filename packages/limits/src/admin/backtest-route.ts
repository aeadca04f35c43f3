import {
  AdminFault,
  ConfigError,
  expecting,
  parseConfigText,
  readBody,
  type AdminCall,
  type AdminRoute,
} from '@callback-quorum/service'
import { z } from 'zod'
import { compileRules } from '../rules/compile-rules.ts'
import { lintRules } from '../rules/lint-rules.ts'
import type { Rules } from '../rules/rule.ts'
import { rulesSchema } from '../rules/rules-schema.ts'
import type { AdminContext } from './admin-context.ts'
import { backtest } from './backtest.ts'
import { rolledBack } from './rolled-back.ts'

const BACKTEST_MS_MAX = 600_000

export const timeText = z.iso
  .datetime({ offset: true, error: expecting('a time with its zone', '"2026-10-01T00:00:00Z"') })
  .transform((text) => new Date(text))

const backtestSchema = z.strictObject({
  /** The text of a rules file. */
  rules: z.string({ error: expecting('the text of a rules file') }),
  from: timeText,
  to: timeText,
})

/** `POST /v1/backtest`: what other rules would have said of what the ledger took. One at a time; nothing of the ledger is written or locked. */
export function backtestRoute(context: AdminContext): AdminRoute {
  let isRunning = false
  return {
    method: 'POST',
    path: '/v1/backtest',
    role: 'operator',
    handle: async (call) => {
      const { rules, from, to } = readBacktest(context, call)
      if (isRunning) throw new AdminFault(409, 'a backtest is under way; ask again when it is over')
      isRunning = true
      try {
        const work = rolledBack(context.database, (tx) => backtest(tx, rules, from, to, context), {
          timeoutMs: BACKTEST_MS_MAX,
        })
        return { body: await work.catch(refuseProblems) }
      } finally {
        isRunning = false
      }
    },
  }
}

function readBacktest(
  context: AdminContext,
  call: AdminCall,
): { readonly rules: Rules; readonly from: Date; readonly to: Date } {
  const { rules: text, from, to } = readBody(backtestSchema, call)
  if (from >= to) throw new AdminFault(400, 'to: is not after from')
  return { rules: parseRules(text, context), from, to }
}

/** The rules of a text. Throws AdminFault 400 with all its problems. */
function parseRules(text: string, { assets, prices }: AdminContext): Rules {
  const covers = (assetId: string, currency: string): readonly string[] => prices.covers(assetId, currency)
  try {
    const file = parseConfigText(text, 'rules', rulesSchema, {}, (value) => lintRules(value, { assets, covers }))
    return compileRules(file.value, file.digest, assets)
  } catch (error) {
    return refuseProblems(error)
  }
}

function refuseProblems(error: unknown): never {
  if (error instanceof ConfigError) throw new AdminFault(400, error.problems.join('\n'))
  throw error
}
