import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Question } from '@callback-quorum/checker-kit'
import { canonicalizeAddress } from '@callback-quorum/chains'
import type { AddressIndex } from '../../src/list/address-index.ts'
import type { ListReader } from '../../src/list/list-reader.ts'
import { loadList } from '../../src/list/load-list.ts'
import { listedAddress } from '../../src/rules/listed-address.ts'
import { judge, NOW, outputTo, questionOf } from '../asking.ts'
import { V0304, V0321 } from '../lists.ts'
import { ETH } from '../rule-under-test.ts'

const DAY_MS = 24 * 3_600_000
const load = async (path: string): Promise<AddressIndex> => {
  const { index } = await loadList({
    from: 'file',
    path,
    options: { format: 'ofac-advanced' },
    source: 'ofac-sdn',
    loadedAtMs: NOW.getTime(),
  })
  return index
}

const before = await load(V0304)
const after = await load(V0321)
/** The 90 addresses that the later version no longer has, and one that both have, in one payment. */
const delisted = before
  .rowsAll()
  .map(({ value }) => value)
  .filter((value) => value.startsWith('0x') && !after.hasKey(canonicalizeAddress('evm', 'mainnet', value).key))
const question: Question = questionOf({
  chain: ETH,
  outputs: [...delisted, '0xdcbEfFBECcE100cCE9E4b153C4e15cB885643193'].map((value) => outputTo(ETH, value)),
})

interface Seen {
  readonly matched: number
  readonly versions: readonly string[]
}

/** How many of the addresses were found listed, and every version that the record of the decision names. */
async function decide(list: ListReader): Promise<Seen> {
  const rule = listedAddress({ lists: [list], sameKey: 'reject', addressChecksum: 'reject' })
  const { evidence } = await judge(rule, question)
  const { screened, lists } = JSON.parse(JSON.stringify(evidence)) as {
    screened: { matches: { versionSha: string }[] }[]
    lists: { versionSha: string }[]
  }
  const matches = screened.flatMap((subject) => subject.matches)
  return {
    matched: screened.filter((subject) => subject.matches.length > 0).length,
    versions: [...new Set([...matches, ...lists].map(({ versionSha }) => versionSha))],
  }
}

const reader = (active: () => AddressIndex): ListReader => ({
  name: 'ofac-sdn',
  maxAgeMs: DAY_MS,
  active: () => ({ index: active(), checkedAtMs: NOW.getTime(), isStarter: false }),
})

const OLD: Seen = { matched: 91, versions: [before.versionSha] }
const NEW: Seen = { matched: 1, versions: [after.versionSha] }

describe('a swap', () => {
  test('of versions that are loaded while decisions are made shows each decision one whole version', async () => {
    expect(delisted).toHaveLength(90)
    let active = before
    const loading = { isDone: false }
    const list = reader(() => active)
    const swaps = (async () => {
      for (const path of [V0321, V0304]) {
        active = await load(path)
        await nextTurn()
      }
      loading.isDone = true
    })()
    const seen = new Set<string>()
    while (!loading.isDone) {
      seen.add(JSON.stringify(await decide(list)))
      await nextTurn()
    }
    await swaps
    expect([...seen].sort()).toEqual([JSON.stringify(NEW), JSON.stringify(OLD)])
  })

  test('in the middle of a decision changes nothing in it', async () => {
    const seen = new Set<string>()
    for (const first of [0, 1]) {
      let asked = first
      const list = reader(() => {
        asked += 1
        return asked % 2 === 0 ? before : after
      })
      seen.add(JSON.stringify(await decide(list)))
    }
    expect([...seen].sort()).toEqual([JSON.stringify(NEW), JSON.stringify(OLD)])
  })

  test('leaves what was taken before it as it was', async () => {
    const delistedOne = delisted[0] ?? ''
    const taken = reader(() => before).active()?.index
    await load(V0321)
    expect(taken?.find(delistedOne, [canonicalizeAddress('evm', 'mainnet', delistedOne)])).toHaveLength(1)
    expect(Object.isFrozen(taken)).toBe(true)
  })
})
