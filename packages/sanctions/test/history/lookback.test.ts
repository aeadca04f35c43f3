import { describe, expect, test } from 'vitest'
import { readListFile, UNPACKED_BYTES_MAX } from '../../src/formats/read-list-file.ts'
import { V0321, V11 } from '../lists.ts'
import { newlyListed } from '../../src/history/newly-listed.ts'
import { DAY_MS, openLookbackRig, row, SHA } from './lookback-rig.ts'

const LISTED = '0xd9A1b0B1e1aE382DbDc898Ea68012FfcB2853a91'
const CLEAN = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'

describe('after an activation', () => {
  test('an approval of the last 30 days that hits an added row is written down with party and day of report', async () => {
    const { approve, activate, hits } = await openLookbackRig()
    await approve('t-1', 'ethereum', [CLEAN, LISTED])
    await approve('t-2', 'ethereum', [CLEAN])
    await activate([row(LISTED.toLowerCase())])
    expect(await hits()).toEqual([
      {
        hitId: expect.any(BigInt) as bigint,
        source: 'ofac-sdn',
        versionSha: SHA,
        foundIn: 'approval',
        approval: {
          businessKey: 'cobo:acme:t-1',
          organisation: 'acme',
          role: 'destination',
          decidedAt: new Date('2026-01-01T00:00:00Z'),
        },
        chain: 'ethereum',
        raw: LISTED,
        key: `key20:${LISTED.slice(2).toLowerCase()}`,
        matched: `key20:${LISTED.slice(2).toLowerCase()}`,
        listed: {
          partyId: '7',
          partyName: 'Somebody',
          programs: ['CYBER2'],
          listIds: ['1550'],
          featureId: '1',
          code: 'ETH',
          value: LISTED.toLowerCase(),
        },
        foundAt: new Date('2026-01-01T00:00:00Z'),
        // Ten business days after a Thursday.
        reportBy: '2026-01-15',
      },
    ])
  })

  test('the real rows that OFAC added until 2025-11-19 find a payment to one of them', async () => {
    const read = (file: string) => readListFile(file, { format: 'ofac-advanced' }, UNPACKED_BYTES_MAX)
    const before = new Set((await read(V0321)).rows.map(({ value }) => value))
    const added = (await read(V11)).rows.filter(({ value }) => !before.has(value))
    expect(added.length).toBeGreaterThan(50)
    const { approve, activate, hits } = await openLookbackRig()
    // Listed as an EVM address; paid on TRON, where the same key has another form.
    await approve('t-1', 'tron', ['TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW'])
    const target = added.find(({ value }) => /^T[1-9A-HJ-NP-Za-km-z]{33}$/.test(value))
    if (target === undefined) throw new Error('no TRON address was added')
    await approve('t-2', 'tron', [target.value])
    await approve('t-3', 'ethereum', [CLEAN])
    await activate(added)
    const found = (await hits()).map(({ approval, listed }) => [approval?.businessKey, listed.partyName])
    expect(found).toContainEqual(['cobo:acme:t-2', target.partyName])
    expect(found.map(([key]) => key)).not.toContain('cobo:acme:t-3')
  })

  test.each([
    [
      'EVM listed, TRON paid',
      '0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF',
      'tron',
      'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW',
    ],
    [
      'P2PKH listed, P2WPKH paid',
      '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h',
      'bitcoin',
      'bc1qpa78qajm34ypqk6unwwn9tgxrc9evaez76c64s',
    ],
    [
      'P2PKH listed, P2SH-P2WPKH paid',
      '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h',
      'bitcoin',
      '3BN2W2uaBtmjogy53Bd641ssnyS4g93uWg',
    ],
    [
      'P2SH-P2WPKH listed, P2PKH paid',
      '3BN2W2uaBtmjogy53Bd641ssnyS4g93uWg',
      'bitcoin',
      '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h',
    ],
    [
      'listed on one chain, paid on its fork',
      '18Y8VPic2pZsvyLaYVdSLQdCuT2nAJJ3hd',
      'bitcoin-cash',
      'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq',
    ],
    [
      'listed with homoglyphs',
      'T\u041d96tFMn8KGiYSLiw\u0441V3E2UiaJc8jmcbz3',
      'tron',
      'TH96tFMn8KGiYSLiwcV3E2UiaJc8jmcbz3',
    ],
  ])('%s', async (_, listed, chain, paid) => {
    const { approve, activate, hits } = await openLookbackRig()
    await approve('t-1', chain, [paid])
    await activate([row(listed)])
    expect(await hits()).toMatchObject([{ raw: paid, listed: { value: listed } }])
  })

  test('an approval of 30 days ago is found, one of before is not', async () => {
    const { testDatabase, approve, activate, hits } = await openLookbackRig()
    await approve('old', 'ethereum', [LISTED])
    await testDatabase.advance(1)
    await approve('new', 'ethereum', [LISTED])
    await testDatabase.advance(30 * DAY_MS - 1)
    await activate([row(LISTED)])
    expect((await hits()).map(({ approval }) => approval?.businessKey)).toEqual(['cobo:acme:new'])
  })

  test('a row under two parties is two hits, and a listing that ended is none', async () => {
    const { approve, activate, hits } = await openLookbackRig()
    await approve('t-1', 'ethereum', [LISTED])
    await activate([
      row(LISTED),
      row(LISTED, { partyId: '8', featureId: '2' }),
      row(LISTED, { partyId: '9', featureId: '3', until: '2025-12-31' }),
      row(LISTED, { partyId: '10', featureId: '4', until: '2026-01-01' }),
    ])
    expect((await hits()).map(({ listed }) => listed.partyId).sort()).toEqual(['10', '7', '8'])
  })

  test('more rows than one batch are all looked for', async () => {
    const { approve, activate, hits } = await openLookbackRig()
    await approve('t-1', 'ethereum', [LISTED])
    const many = Array.from({ length: 1_200 }, (_, n) => row(`0x${(n + 1).toString(16).padStart(40, '0')}`))
    await activate([...many, row(LISTED)])
    expect(await hits()).toHaveLength(1)
  })

  test('entries of the address book that hit are written down too, ours and allow-listed', async () => {
    const { activate, hits } = await openLookbackRig({
      book: `own:\n  - { address: '${CLEAN}', chain: base, wallet: hot }\nallow:\n  - { address: '${LISTED}', chain: ethereum, whitelisted_at: 2026-01-01 }\n`,
    })
    await activate([row(LISTED), row(CLEAN, { featureId: '2' })])
    expect((await hits()).map(({ foundIn, chain, raw, approval }) => [foundIn, chain, raw, approval]).sort()).toEqual([
      ['address-book', 'base', CLEAN, undefined],
      ['address-book', 'ethereum', LISTED, undefined],
    ])
  })

  test('hits are counted by list and logged as an alarm with the day of the report; no hit, no alarm', async () => {
    const { approve, activate, registry, logged } = await openLookbackRig()
    await activate([row(CLEAN)], 'b'.repeat(64))
    expect(logged).toEqual([])
    await approve('t-1', 'ethereum', [LISTED])
    await activate([row(LISTED)])
    expect(await registry.metrics()).toContain(
      'callback_quorum_sanctions_lookback_hits_total{source="ofac-sdn",found_in="approval"} 1',
    )
    expect(logged).toMatchObject([{ level: 'error', source: 'ofac-sdn', approvals: 1, reportBy: '2026-01-15' }])
  })
})

describe('asked again', () => {
  test('a version that is looked back on more than once is written, counted and logged once', async () => {
    const { approve, activate, hits, logged, registry } = await openLookbackRig()
    await approve('t-1', 'ethereum', [LISTED])
    await Promise.all([activate([row(LISTED)]), activate([row(LISTED)]), activate([row(LISTED)])])
    expect(await hits()).toHaveLength(1)
    expect(logged).toHaveLength(1)
    expect(await registry.metrics()).toContain(
      'callback_quorum_sanctions_lookback_hits_total{source="ofac-sdn",found_in="approval"} 1',
    )
  })

  test('what a replica that was behind recorded after the activation is found by the second pass', async () => {
    const { approve, activate, hits } = await openLookbackRig({ settleMs: 1_000 })
    await approve('before', 'ethereum', [LISTED])
    const both = activate([row(LISTED)])
    await expect.poll(hits, { timeout: 10_000 }).toHaveLength(1)
    await approve('late', 'ethereum', [LISTED])
    await both
    expect((await hits()).map(({ approval }) => approval?.businessKey)).toEqual(['cobo:acme:late', 'cobo:acme:before'])
  })

  test('one that fails is counted and rejects, and can be done again', async () => {
    const { database, approve, activate, hits, registry } = await openLookbackRig()
    await approve('t-1', 'ethereum', [LISTED])
    await database.query({ text: 'alter table lookback_hit rename to away' })
    await expect(activate([row(LISTED)])).rejects.toThrow('lookback_hit')
    expect(await registry.metrics()).toContain('callback_quorum_sanctions_lookback_failures_total{source="ofac-sdn"} 1')
    await database.query({ text: 'alter table away rename to lookback_hit' })
    await activate([row(LISTED)])
    expect(await hits()).toHaveLength(1)
  })

  test('stopping does not wait for the second pass, and says that it was not done', async () => {
    const { approve, activate, hits, lookback } = await openLookbackRig({ settleMs: 3_600_000 })
    await approve('t-1', 'ethereum', [LISTED])
    const both = expect(activate([row(LISTED)])).rejects.toThrow('aborted')
    await expect.poll(hits, { timeout: 10_000 }).toHaveLength(1)
    await lookback.stop()
    await both
  })

  test('hits cannot be changed or removed', async () => {
    const { database, approve, activate } = await openLookbackRig()
    await approve('t-1', 'ethereum', [LISTED])
    await activate([row(LISTED)])
    await expect(database.query({ text: 'delete from lookback_hit' })).rejects.toThrow('append-only')
  })
})

describe('what is newly listed', () => {
  const before = row(LISTED, { listIds: ['91507'] })
  test.each([
    ['a row that was added', { added: [before] }, 1],
    [
      'a row that a further list has',
      { added: [], changed: [{ before, after: row(LISTED, { listIds: ['91507', '1550'] }) }] },
      1,
    ],
    [
      'no row with other words around it',
      { added: [], changed: [{ before, after: { ...before, partyName: 'Else' } }] },
      0,
    ],
    [
      'no row that left one of its lists',
      { added: [], changed: [{ before: row(LISTED, { listIds: ['91507', '1550'] }), after: before }] },
      0,
    ],
  ])('%s', (_, diff, rows) => {
    expect(newlyListed(diff)).toHaveLength(rows)
  })
})
