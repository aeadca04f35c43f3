import { createHash } from 'node:crypto'
import { createAssetRegistry, STARTER_ASSETS, type Chain } from '@callback-quorum/chains'
import { loadAddressBook, type AddressBook, type Question, type Rule } from '@callback-quorum/checker-kit'
import { businessKey } from '@callback-quorum/protocol'
import type { Database } from '@callback-quorum/service'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { outputTo, questionOf } from '../asking.ts'

export const ASSETS = createAssetRegistry(STARTER_ASSETS)

/** A chain of the starter assets. */
export function chainNamed(id: string): Chain {
  const chain = ASSETS.chain(id)
  if (chain === undefined) throw new Error(`no chain ${id}`)
  return chain
}

/** The address book of a file with these lines. */
export async function bookOf(lines: string): Promise<AddressBook> {
  const folder = await mkdtemp(join(tmpdir(), 'callback quorum book '))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'addresses.yaml')
  await writeFile(path, lines)
  return loadAddressBook(path, ASSETS)
}

/** A payment with a business key of its own for each id. */
export const payment = (id: string, chain: string, to: readonly string[], more: Partial<Question> = {}): Question =>
  questionOf({
    businessKey: businessKey('cobo', more.organisation ?? 'acme', id),
    transactionId: id,
    requestId: createHash('sha256').update(id).digest('hex'),
    chain: chainNamed(chain),
    outputs: to.map((text) => outputTo(chainNamed(chain), text)),
    ...more,
  })

/** What checker-kit does when every rule approved: the claim, in a transaction, at the database's time. */
export async function claim(database: Database, rule: Rule, question: Question): Promise<void> {
  await database.transaction(async (tx) => {
    const now = await tx.clockNow()
    const judgement = await rule.claim?.(question, tx, { now, firstAskedAt: now, alreadyClaimed: false })
    if (judgement?.outcome !== 'approve') throw new Error('the claim did not approve')
  })
}
