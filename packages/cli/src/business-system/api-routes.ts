import { createHash, timingSafeEqual } from 'node:crypto'
import type Router from '@koa/router'
import type Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { z } from 'zod'
import { readPerson } from './person.ts'
import { addressProblem, amountProblem, isCustomer } from './read-withdrawal-form.ts'
import { isReference } from './reference.ts'
import type { ImportedWithdrawal, WithdrawalStore } from './withdrawal-store.ts'
import { CURRENCIES, WITHDRAWAL_STATES, type Currency, type Withdrawal } from './withdrawal.ts'

/** A thousand withdrawals are a third of it. */
const IMPORT_LIMIT = '1mb'
export const IMPORTED_MAX = 1_000

/** Bearer tokens. Who may ask may not write. */
export interface ApiTokens {
  readonly lookUp: string
  readonly import: string
}

/** The API for machines: business-lookup asks, the demonstration fills the books. */
export function addApiRoutes(router: Router, store: WithdrawalStore, tokens: ApiTokens): void {
  router.get('/v1/withdrawals/:reference', async (ctx) => {
    if (!hasToken(ctx, tokens.lookUp)) return
    const reference = ctx.params['reference'] ?? ''
    const withdrawal = isReference(reference) ? await store.lookUp(reference) : undefined
    if (withdrawal === undefined) refuse(ctx, 404, 'there is no withdrawal of this reference')
    else ctx.body = recordOf(withdrawal)
  })
  router.post('/v1/withdrawals', async (ctx) => {
    if (!hasToken(ctx, tokens.import)) return
    const imported = await readImport(ctx)
    if (imported === undefined)
      refuse(ctx, 400, `expected at most ${IMPORTED_MAX} withdrawals as a JSON array, each with all its members`)
    else if (await store.addAll(imported)) {
      ctx.status = 201
      ctx.body = { added: imported.length }
    } else refuse(ctx, 409, 'a reference is taken: nothing was added')
  })
}

/** A withdrawal as business-lookup reads it. */
const recordOf = (withdrawal: Withdrawal): object => ({
  reference: withdrawal.reference,
  state: withdrawal.state,
  currency: withdrawal.currency,
  amount: withdrawal.amount,
  address: withdrawal.address,
  valid_until: withdrawal.validUntil.toISOString(),
  customer: withdrawal.customer,
})

function refuse(ctx: Koa.Context, status: number, error: string): void {
  ctx.status = status
  ctx.body = { error }
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()

function hasToken(ctx: Koa.Context, token: string): boolean {
  const shown = /^Bearer ([^\s]{1,200})$/.exec(ctx.get('authorization'))?.[1]
  if (shown !== undefined && timingSafeEqual(hashOf(shown), hashOf(token))) return true
  ctx.set('WWW-Authenticate', 'Bearer')
  refuse(ctx, 401, 'expected the header Authorization: Bearer <token>')
  return false
}

const person = z.string().refine((text) => readPerson(text) === text)

const importSchema = z
  .array(
    z
      .strictObject({
        reference: z.string().refine(isReference),
        customer: z.string().refine(isCustomer),
        currency: z.enum(CURRENCIES as [Currency, ...Currency[]]),
        amount: z.string(),
        address: z.string().refine((text) => addressProblem(text) === undefined),
        state: z.enum(WITHDRAWAL_STATES),
        created_by: person,
        decided_by: person,
        valid_until: z.iso.datetime(),
      })
      .refine(({ amount, currency }) => amountProblem(amount, currency) === undefined),
  )
  .max(IMPORTED_MAX)

export type ImportedRecord = z.input<typeof importSchema>[number]

const parseJson = bodyParser({ enableTypes: ['json'], jsonLimit: IMPORT_LIMIT })

async function readImport(ctx: Koa.Context): Promise<readonly ImportedWithdrawal[] | undefined> {
  try {
    await parseJson(ctx, () => Promise.resolve())
  } catch {
    return undefined
  }
  const read = importSchema.safeParse(ctx.request.body)
  return read.data?.map(({ created_by: createdBy, decided_by: decidedBy, valid_until: validUntil, ...withdrawal }) => ({
    ...withdrawal,
    createdBy,
    decidedBy,
    validUntil: new Date(validUntil),
  }))
}
