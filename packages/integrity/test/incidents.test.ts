import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CoboPackage } from '@callback-quorum/simulator'
import { beforeAll, describe, expect, test } from 'vitest'
import { FRIEND, INCIDENTS, PROXY, SAFE, type Incident } from './cases/incidents.ts'
import { createIntegrity, type Integrity } from './integrity-rig.ts'

const FOLDER = join(import.meta.dirname, 'fixtures')

/** What an operator of these accounts might allow: the thefts have to fail although their contracts and messages are known here. */
const POLICY = {
  config: `messages:
  - { standard: eip-712, chain: ethereum, primary_type: SafeTx, domain: { chain_id: 1, verifying_contract: "${SAFE}" } }
  - { standard: eip-712, chain: ethereum, primary_type: PermitSingle, domain: { name: Permit2, chain_id: 1, verifying_contract: "0x000000000022D473030F116dDEE9F6B43aC78BA3" } }
contracts:
  - { chain: ethereum, address: "0xdAC17F958D2ee523a2206206994597C13D831ec7" }
  - { chain: ethereum, address: "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48" }
  - { chain: ethereum, address: "${PROXY}" }
`,
  addresses: `allow:\n  - { address: "${FRIEND}", chain: ethereum, whitelisted_at: 2025-01-01 }\n`,
}

let integrity: Integrity
beforeAll(async () => {
  integrity = await createIntegrity(POLICY)
})

/** The fixture as it is checked in; CALLBACK_QUORUM_WRITE_FIXTURES=1 writes what the code makes. */
async function fixture({
  name,
  story,
  code,
  content,
}: Incident): Promise<{ readonly code: string; readonly request: CoboPackage }> {
  const path = join(FOLDER, `${name}.json`)
  if (process.env['CALLBACK_QUORUM_WRITE_FIXTURES'] === '1')
    await writeFile(
      path,
      `${JSON.stringify({ name, story, code, dialect: 'cobo-v2', request: content }, undefined, 2)}\n`,
    )
  return JSON.parse(await readFile(path, 'utf8')) as { code: string; request: CoboPackage }
}

describe.each(INCIDENTS)('$name', (incident) => {
  test('is refused with its own code, from the file that is checked in', async () => {
    const { code, request } = await fixture(incident)
    expect(await integrity.codesOf(request)).toEqual([code, ...(incident.also ?? [])])
  })

  test('is the file that the code makes', async () => {
    expect((await fixture(incident)).request).toEqual(incident.content)
  })
})

test('every incident has a code that no other one has', () => {
  expect(new Set(INCIDENTS.map(({ code }) => code)).size).toBe(INCIDENTS.length)
})
