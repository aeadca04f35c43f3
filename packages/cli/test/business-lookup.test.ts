import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openLookupRig, payment } from './business-lookup-rig.ts'

const REF = 'WD-00000001'
const WHY = ['--evidence', 'nonce 7 used by 0x5c50, block 23000000', '--reason', 'ticket 9'] as const

test('claims are listed and shown, and a reference is given back by two people', async () => {
  const rig = await openLookupRig()
  expect((await rig.run('viewer', 'claims')).stdout).toBe('There is none.\n')
  await rig.add(REF)
  expect(await rig.ask(payment('tx-1', { nonce: 7n }))).toBe('approve')
  const listed = await rig.run('viewer', 'claims', '--reference', REF)
  expect(listed.stdout).toMatch(
    /^ID +STATE +REFERENCE +ORGANISATION +CLAIMED +HOLDERS\n 1 +held +WD-00000001 +acme .* cobo:acme:tx-1\n$/,
  )
  const shown = await rig.run('viewer', 'claim', '1')
  expect(shown.stdout).toMatch(
    /^WD-00000001 of acme \(claim 1\) HELD\nterms [0-9a-f]{64}, replaced only by what uses up nonce:ethereum:.*:7\n/,
  )
  expect(shown.stdout).toMatch(/ {2}amount: 1\n[^]*cobo:acme:tx-1 .* - +[0-9a-f]{64}\n$/)
  expect(await rig.run('viewer', 'claim', 'x')).toMatchObject({ exitCode: 64 })
  expect((await rig.run('viewer', 'claim', '99')).stderr).toMatch(/HTTP 404: there is no claim 99/)

  const { id } = await rig.json('operator', 'release', '1', ...WHY)
  expect(await rig.ask(payment('tx-2', { nonce: 8n }))).toContain('REF_ALREADY_USED')
  expect((await rig.run('operator', 'approve', String(id))).stderr).toMatch(/HTTP 403/)
  expect((await rig.run('viewer', 'proposals', '--state', 'open')).stdout).toMatch(
    /give back WD-00000001 of acme \(claim 1\), held by cobo:acme:tx-1[^]*evidence: nonce 7 used by 0x5c50/,
  )
  expect((await rig.run('approver', 'approve', String(id))).stdout).toMatch(/^APPLIED .*\n[^]*reference: WD-00000001\n/)
  expect(await rig.ask(payment('tx-2', { nonce: 8n }))).toBe('approve')
  expect((await rig.run('viewer', 'claims', '--state', 'released')).stdout).toMatch(
    /released .* by \S*operator\S* and \S*approver/,
  )

  const { id: other } = await rig.json('operator', 'release', '--reference', REF, '--organisation', 'acme', ...WHY)
  expect((await rig.run('approver', 'refuse', String(other))).stdout).toMatch(/^REFUSED /)
  expect(await rig.ask(payment('tx-3', { nonce: 9n }))).toContain('REF_ALREADY_USED')
  for (const wrong of [[], ['1', '--reference', REF], ['--reference', REF]])
    expect(await rig.run('operator', 'release', ...wrong, ...WHY)).toMatchObject({
      exitCode: 64,
      stderr: expect.stringMatching(/either the id of a claim, or --reference and --organisation/) as string,
    })
})

test('a request is tried by its token or its package: every comparison is shown, and nothing is claimed', async () => {
  const rig = await openLookupRig()
  await rig.add(REF)
  const content = payment('tx-1', { nonce: 7n })
  const byToken = await rig.try(await rig.writeToken(content), '--dialect', 'cobo-v2')
  expect(byToken).toMatchObject({ exitCode: 0, stderr: '' })
  expect(byToken.stdout).toMatch(/^APPROVE cobo:acme:tx-1, reference WD-00000001\nlooked up by sql in \d+ ms\n/)
  expect(byToken.stdout).toMatch(/FIELD +COMPARATOR +BUSINESS SYSTEM +REQUEST\n/)
  expect(byToken.stdout).toMatch(/amount +equal +1 +\S+ +equal\n/)
  expect(byToken.stdout).toMatch(/destination +same_address +0x8B45\S* +0x8B45\S* +equal\n/)
  expect(byToken.stdout).toMatch(/Nobody holds the reference\.\nNothing was claimed\.\n$/)

  const packaged = await rig.writePackage(content)
  const flags = ['--dialect', 'cobo-v2', '--caller', 'node-demo']
  expect(await rig.try(packaged, ...flags)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^APPROVE/) as string,
  })
  expect(await rig.database.query({ text: 'select 1 from claim' })).toEqual([])
  expect(await rig.database.query({ text: 'select 1 from verdict_record' })).toEqual([])
  expect(await rig.database.query({ text: 'select 1 from business' })).toEqual([])

  const more = payment('tx-1', { nonce: 7n, amount: '2' })
  const differs = await rig.try(await rig.writePackage(more), ...flags)
  expect(differs).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/^REJECT .*\n {2}AMOUNT_MISMATCH: /) as string,
  })
  expect(differs.stdout).toMatch(/amount +equal +1 +\S+ +differs\n/)
  const json = JSON.parse((await rig.try(packaged, ...flags, '--output', 'json')).stdout) as Record<string, unknown>
  expect(json).toMatchObject({ outcome: 'approve', reference: REF, connector: 'sql', holding: 'free', problems: [] })
  expect(json['comparisons']).toContainEqual(
    expect.objectContaining({ field: 'amount', comparator: 'equal', ok: true }),
  )
})

test('who holds the reference decides what would be said, also when the checker is not running', async () => {
  const rig = await openLookupRig()
  await rig.add(REF)
  const flags = ['--dialect', 'cobo-v2', '--caller', 'node-demo']
  const tried = async (...of: Parameters<typeof payment>) => rig.try(await rig.writePackage(payment(...of)), ...flags)
  expect(await rig.ask(payment('tx-1', { nonce: 7n }))).toBe('approve')
  await rig.stop()
  const own = await tried('tx-1', { nonce: 7n })
  expect(own).toMatchObject({ exitCode: 0 })
  expect(own.stdout).toMatch(/The reference is held by this transaction alone \(claim 1\)\./)
  const other = await tried('tx-2', { nonce: 8n })
  expect(other).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/^REJECT .*\n {2}REF_ALREADY_USED: /) as string,
  })
  expect(other.stdout).toMatch(/The reference is held by cobo:acme:tx-1 \(claim 1\)\./)
  expect((await tried('tx-2', { nonce: 7n, feeModel: 'legacy', reference: `${REF}-R1` })).exitCode).toBe(0)
  await rig.add('WD-00000002')
  expect((await tried('tx-1', { nonce: 7n, reference: 'WD-00000002' })).stdout).toMatch(/^REJECT .*\n {2}REF_CHANGED: /)
  expect(await rig.database.query({ text: 'select 1 from claim_holder' })).toHaveLength(1)
  // Its session cannot write, and does not need to: the tables are as they were.
  await rig.database.query({ text: 'drop table platform_said, claim_holder, claim' })
  const unreadable = await tried('tx-1', { nonce: 7n })
  expect(unreadable).toMatchObject({
    exitCode: 2,
    stdout: expect.stringMatching(/^CANNOT TELL .*\n {2}CLAIM_UNKNOWN: /) as string,
  })
})

test('what cannot be told says why, and what is no request of a caller is refused', async () => {
  const rig = await openLookupRig()
  const flags = ['--dialect', 'cobo-v2', '--caller', 'node-demo']
  const packaged = await rig.writePackage(payment('tx-1'))
  expect(await rig.try(packaged, ...flags)).toMatchObject({
    exitCode: 2,
    stdout: expect.stringMatching(/^CANNOT TELL .*\n {2}INTENT_NOT_FOUND: /) as string,
  })
  await rig.payouts.query({ text: 'alter table withdrawal drop column amount' })
  expect(await rig.try(packaged, ...flags)).toMatchObject({
    exitCode: 2,
    stdout: expect.stringMatching(
      /^CANNOT TELL .*\n {2}CONNECTOR_UNAVAILABLE: .*\n {2}.*column "amount" does not exist/,
    ) as string,
  })
  expect((await rig.try(await rig.writePackage(payment('tx-1', { reference: 'x' })), ...flags)).stdout).toMatch(
    /^REJECT .*\n {2}REF_INVALID: /,
  )

  const wrong = async (path: string, ...args: readonly string[]): Promise<string> => {
    const { exitCode, stderr, stdout } = await rig.try(path, ...args)
    expect(stdout).toBe('')
    return `${String(exitCode)} ${stderr}`
  }
  expect(await wrong(packaged)).toMatch(/^64 .*--caller says whose it is; expected of node-demo/)
  expect(await wrong(packaged, '--caller', 'nobody')).toMatch(/^64 .*not in the configuration/)
  expect(await wrong(packaged, '--caller', 'node-demo')).toMatch(/^64 .*--dialect says which/)
  expect(await wrong(packaged, '--caller', 'node-demo', '--dialect', 'cobo-v1')).toMatch(/^1 /)
  const token = await rig.writeToken(payment('tx-1'))
  expect(await wrong(token, '--dialect', 'cobo-v2', '--caller', 'other')).toMatch(/^64 .*signed by node-demo/)
})

test('a token of earlier is still one of its caller; one that was changed is of nobody', async () => {
  const rig = await openLookupRig()
  await rig.add(REF)
  const old = await rig.writeToken(payment('tx-1'), 3_600_000)
  const tried = await rig.try(old, '--dialect', 'cobo-v2')
  expect(tried).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/the token's time was over at 20/) as string,
  })
  const token = await readFile(old, 'utf8')
  await writeFile(old, `${token.slice(0, -8)}AAAAAAAA`)
  expect(await rig.try(old, '--dialect', 'cobo-v2')).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringMatching(/the token is not one of a caller/) as string,
  })
})
