import { testRootPubkey } from '@callback-quorum/simulator'
import { beforeAll, expect, test } from 'vitest'
import { BENIGN_POLICY, BENIGN_SHAPES } from './cases/benign-shapes.ts'
import { createIntegrity, type Integrity } from './integrity-rig.ts'

let integrity: Integrity
beforeAll(async () => {
  integrity = await createIntegrity({
    config: BENIGN_POLICY.config,
    addresses: BENIGN_POLICY.addresses(testRootPubkey()),
  })
})

test('there are at least 200 shapes of everyday work, each with a name of its own', () => {
  expect(new Set(BENIGN_SHAPES.map(({ name }) => name)).size).toBeGreaterThanOrEqual(200)
})

test.each(BENIGN_SHAPES)('$name is approved', async ({ content, dialect }) => {
  expect(await integrity.codesOf(content, dialect ?? 'cobo-v2')).toEqual([])
})
