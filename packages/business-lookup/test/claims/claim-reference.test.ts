import { expect, test } from 'vitest'
import { asks, digestOf, openClaimsRig } from './claims-rig.ts'

test('B13: the same transaction asks again: the same claim, one row, one holder', async () => {
  const { claim, claims } = await openClaimsRig()
  expect(await claim(asks('a', { slots: ['n:1'] }))).toBe('claimed')
  expect(await claim(asks('a', { slots: ['n:1'] }))).toBe('again')
  expect(await claims()).toEqual(['held WD-1 [n:1] a'])
})

test('B14: a second transaction of the reference is refused, in the same organisation', async () => {
  const { claim, claims } = await openClaimsRig()
  expect(await claim(asks('a'))).toBe('claimed')
  expect(await claim(asks('b'))).toBe('REF_ALREADY_USED')
  expect(await claim(asks('c', { organisation: 'other' }))).toBe('claimed')
  expect(await claims()).toEqual(['held WD-1 [] a', 'held WD-1 [] c'])
})

test('B15: of 20 transactions that ask for one reference at once, exactly one has it', async () => {
  const { claim, claims } = await openClaimsRig()
  const results = await Promise.all(Array.from({ length: 20 }, (_, n) => claim(asks(`t${String(n)}`))))
  expect(results.filter((result) => result === 'claimed')).toHaveLength(1)
  expect(results.filter((result) => result === 'REF_ALREADY_USED')).toHaveLength(19)
  expect(await claims()).toHaveLength(1)
})

test('B16: a replacement that excludes every signature of the claim joins it; any other is refused', async () => {
  const { claim, claims } = await openClaimsRig()
  await claim(asks('a', { slots: ['o:1', 'o:2'] }))
  expect(await claim(asks('b', { slots: [] }))).toBe('REF_ALREADY_USED')
  expect(await claim(asks('b', { slots: ['o:3'] }))).toBe('REF_ALREADY_USED')
  expect(await claim(asks('b', { slots: ['o:1'], isSigning: false }))).toBe('REF_ALREADY_USED')
  expect(await claim(asks('b', { slots: ['o:1'], termsDigest: digestOf('2 ETH') }))).toBe('REF_ALREADY_USED')
  expect(await claims()).toEqual(['held WD-1 [o:1,o:2] a'])
  expect(await claim(asks('b', { slots: ['o:2', 'o:3'] }))).toBe('replaced')
  expect(await claims()).toEqual(['held WD-1 [o:2] a,b'])
  // Each of these excludes one of the two only: it and the other could both be final.
  expect(await claim(asks('c', { slots: ['o:1'] }))).toBe('REF_ALREADY_USED')
  expect(await claim(asks('c', { slots: ['o:3'] }))).toBe('REF_ALREADY_USED')
  expect(await claim(asks('c', { slots: ['o:2'] }))).toBe('replaced')
  expect(await claims()).toEqual(['held WD-1 [o:2] a,b,c'])
})

test('B16: a holder that is not alone may not sign what the others do not exclude', async () => {
  const { claim, claims } = await openClaimsRig()
  await claim(asks('a', { slots: ['o:1', 'o:2'] }))
  await claim(asks('b', { slots: ['o:2'] }))
  // checker-kit lets it through: it shares o:1 with the first signature of a.
  expect(await claim(asks('a', { slots: ['o:1'] }))).toBe('REF_ALREADY_USED')
  expect(await claim(asks('a', { slots: [] }))).toBe('REF_ALREADY_USED')
  expect(await claim(asks('a', { slots: ['o:1', 'o:2'] }))).toBe('again')
  expect(await claims()).toEqual(['held WD-1 [o:2] a,b'])
})

test('what was signed without slots can never be replaced, and an approval before signing narrows nothing', async () => {
  const { claim, claims } = await openClaimsRig()
  await claim(asks('a', { slots: [] }))
  expect(await claim(asks('b', { slots: ['o:1'] }))).toBe('REF_ALREADY_USED')

  const approval = { reference: 'WD-2', isSigning: false }
  expect(await claim(asks('c', approval))).toBe('claimed')
  expect(await claim(asks('d', { reference: 'WD-2', slots: ['o:1'] }))).toBe('REF_ALREADY_USED')
  expect(await claim(asks('c', { reference: 'WD-2', slots: ['o:1'] }))).toBe('again')
  expect(await claim(asks('c', approval))).toBe('again')
  expect(await claim(asks('d', { reference: 'WD-2', slots: ['o:1'] }))).toBe('replaced')
  expect(await claims()).toEqual(['held WD-1 [] a', 'held WD-2 [o:1] c,d'])
})

test('B18: a holder whose record changed since is refused', async () => {
  const { claim, claims } = await openClaimsRig()
  await claim(asks('a', { isSigning: false }))
  expect(await claim(asks('a', { termsDigest: digestOf('2 ETH') }))).toBe('INTENT_CHANGED')
  expect(await claims()).toEqual(['held WD-1 unsigned a'])
})

test('a transaction holds one reference: another one is refused until it gave the first back', async () => {
  const { claim, release, claims } = await openClaimsRig()
  await claim(asks('a'))
  expect(await claim(asks('a', { reference: 'WD-2' }))).toBe('REF_CHANGED')
  expect(await claims()).toEqual(['held WD-1 [] a'])
  expect(await release('a')).toBe(true)
  expect(await claim(asks('a', { reference: 'WD-2' }))).toBe('claimed')
})

test('B17: a reference is free when its last holder gave it back, and nobody gives back what another one holds', async () => {
  const { claim, release, claims } = await openClaimsRig()
  await claim(asks('a', { slots: ['o:1'] }))
  await claim(asks('b', { slots: ['o:1'] }))
  expect(await release('a')).toBe(true)
  expect(await release('a')).toBe(false)
  expect(await claims()).toEqual(['held WD-1 [o:1] a-,b'])
  expect(await claim(asks('c'))).toBe('REF_ALREADY_USED')
  expect(await release('b')).toBe(true)
  expect(await claim(asks('c'))).toBe('claimed')
  expect(await release('a')).toBe(false)
  expect(await claims()).toEqual(['released WD-1 [o:1] a-,b-', 'held WD-1 [] c'])
})

test('a holder that gave it back may come back as a replacement', async () => {
  const { claim, release, claims } = await openClaimsRig()
  await claim(asks('a', { slots: ['o:1'] }))
  await claim(asks('b', { slots: ['o:1'] }))
  await release('a')
  expect(await claim(asks('a', { slots: ['o:2'] }))).toBe('REF_ALREADY_USED')
  expect(await claim(asks('a', { slots: ['o:1'] }))).toBe('replaced')
  expect(await claims()).toEqual(['held WD-1 [o:1] a-,b,a'])
})

test('the schema defends it a second time: one held claim of a reference, one held claim of a transaction', async () => {
  const { claim, database } = await openClaimsRig()
  await claim(asks('a'))
  await claim(asks('b', { reference: 'WD-2' }))
  const insertClaim = database.query({
    text: `insert into claim (organisation, reference, terms_digest, terms, state, claimed_at)
           values ('acme', 'WD-1', $1, '[]', 'held', clock_now())`,
    values: [digestOf('x')],
  })
  await expect(insertClaim).rejects.toMatchObject({ code: '23505' })
  const insertHolder = database.query({
    text: `insert into claim_holder (claim_id, business_key, record_digest, claimed_at) values (2, 'cobo:acme:a', $1, clock_now())`,
    values: [digestOf('x')],
  })
  await expect(insertHolder).rejects.toMatchObject({ code: '23505' })
})
