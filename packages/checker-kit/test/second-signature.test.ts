import { businessKey, digestOf } from '@callback-quorum/protocol'
import { createTestDatabase, migrationsBeside, type Database, type TestDatabase } from '@callback-quorum/service'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import type { Question } from '../src/question.ts'
import { recordVerdict } from '../src/verdict-ledger.ts'

// One business key, one set of hashes to sign: unless the bytes show that no two of the signatures can ever both be used.
const MIGRATIONS = [
  { name: 'checker-kit', directory: migrationsBeside(new URL('../src/checker.ts', import.meta.url).href) },
]

let testDatabase: TestDatabase
let database: Database
beforeEach(async () => {
  testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS, { clock: 'fixed' })
  database = await testDatabase.open()
})
afterEach(() => testDatabase.drop())

/** The same payment, signed over one hash, with what its bytes use up; undefined: nothing was decoded. */
async function ask(hash: string, slots: readonly string[] | undefined, content = 'same'): Promise<string> {
  const question: Question = {
    caller: 'node',
    platform: 'cobo',
    dialect: 'cobo-v2',
    kind: 'keysign',
    requestId: hash,
    digest: digestOf(Buffer.from(hash)),
    organisation: 'acme',
    businessKey: businessKey('cobo', 'acme', 't1'),
    transactionId: 't1',
    operation: 'transfer',
    sources: [],
    outputs: [],
    signingHashes: [hash],
    contentDigest: digestOf(Buffer.from(content)),
    ...(slots !== undefined && {
      binding: {
        decoded: { form: 'evm-1559', toSign: [{ hash, scheme: 'ecdsa' }], effects: [] },
        outflows: [],
        isOwn: () => false,
        slots,
      },
    }),
  }
  const { caller, dialect, kind, requestId, digest } = question
  const { outcome, codes } = await recordVerdict(database, [], {
    asking: { caller, dialect, kind, requestId, digest },
    judged: true,
    joint: { outcome: 'approve', codes: [], reason: '', evidence: {} },
    source: { policyDigest: 'policy', dataVersion: 'none' },
    question,
  })
  return outcome === 'approve' ? outcome : codes.join(' ')
}

test('a higher fee with the same nonce replaces, and the first signature may be asked for again', async () => {
  expect(await ask('aa', ['nonce:7'])).toBe('approve')
  expect(await ask('bb', ['nonce:7'])).toBe('approve')
  expect(await ask('aa', ['nonce:7'])).toBe('approve')
})

test('another nonce, or bytes that nobody decoded, is a second payment', async () => {
  expect(await ask('aa', ['nonce:7'])).toBe('approve')
  expect(await ask('bb', ['nonce:8'])).toBe('SECOND_SIGNATURE')
  expect(await ask('bb', undefined)).toBe('SECOND_SIGNATURE')
  expect(await ask('bb', ['nonce:7'], 'other')).toBe('IDEMPOTENCY_CONFLICT')
})

test('a first signature without decoded bytes is never replaced', async () => {
  expect(await ask('aa', undefined)).toBe('approve')
  expect(await ask('bb', ['nonce:7'])).toBe('SECOND_SIGNATURE')
  expect(await ask('aa', undefined)).toBe('approve')
})

test('of spent outputs, all signatures share one: the first and the third must exclude each other too', async () => {
  expect(await ask('aa', ['output:a', 'output:b'])).toBe('approve')
  expect(await ask('bb', ['output:b', 'output:c'])).toBe('approve')
  expect(await ask('cc', ['output:c'])).toBe('SECOND_SIGNATURE')
  expect(await ask('cc', ['output:a'])).toBe('SECOND_SIGNATURE')
  expect(await ask('cc', ['output:b', 'output:z'])).toBe('approve')
})
