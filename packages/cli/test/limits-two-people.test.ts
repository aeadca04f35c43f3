import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommandLine } from './command-line.ts'
import { CUSTOMER, DIMENSIONS, openLimitsRig, type LimitsRig } from './limits-rig.ts'
import { temporaryFolder } from './temporary-folder.ts'

const REASON = ['--reason', 'ticket 7'] as const
const FIX = ['propose', 'adjustment', '--rule', 'usdt-per-day', ...DIMENSIONS, ...REASON] as const
const EVIDENCE = ['--evidence', 'own node, block 7'] as const

const used = async (rig: LimitsRig): Promise<readonly string[]> => {
  const { counters } = await rig.json('viewer', 'usage')
  return (counters as readonly { readonly used: string }[]).map((counter) => counter.used)
}

/** Proposed by the operator; approved by the approver. */
async function byTwo(rig: LimitsRig, ...args: readonly string[]): Promise<string> {
  const { id } = await rig.json('operator', 'propose', ...args)
  const { exitCode, stdout, stderr } = await rig.run('approver', 'approve', String(id))
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return stdout
}

test('an adjustment is proposed by one person and applied by another', async () => {
  const rig = await openLimitsRig()
  await rig.pay('100')
  const proposed = await rig.run('operator', ...FIX, '--amount=-40')
  expect(proposed.stdout).toMatch(
    /^PROPOSED 1 by demo-operator: -40 USDT on usdt-per-day of asset=USDT-ETHEREUM wallet=\S+ \(ticket 7\)\n$/,
  )
  expect(await used(rig)).toEqual(['100'])
  expect((await rig.run('viewer', 'proposals', '--state', 'open')).stdout).toMatch(
    /\n +1 +open +demo-operator +- +-40 USDT on usdt-per-day .*\n {4}\S+Z reason: ticket 7\n$/,
  )
  const approved = await rig.run('approver', 'approve', '1')
  expect(approved.stdout).toMatch(
    /^APPLIED 1 by demo-operator: .*\n {2}adjusted: -40\n {2}adjusted atomic: -40000000\n$/,
  )
  expect(await used(rig)).toEqual(['60'])
  expect(await rig.run('approver', 'approve', '1')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/HTTP 409: the proposal is applied already, by demo-approver/) as string,
  })
  expect((await rig.run('viewer', 'proposals', '--state', 'open')).stdout).toBe('There is none.\n')
})

test('nobody approves what they proposed, and a token of too small a role decides nothing', async () => {
  const rig = await openLimitsRig()
  await rig.run('approver', ...FIX, '--amount', '40')
  expect(await rig.run('approver', 'approve', '1')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/HTTP 403: demo-approver proposed it: another person has to decide/) as string,
  })
  expect(await rig.run('operator', 'approve', '1')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/HTTP 403: the role approver is needed/) as string,
  })
})

test('what is refused is not applied', async () => {
  const rig = await openLimitsRig()
  await rig.run('operator', ...FIX, '--amount', '40')
  expect((await rig.run('approver', 'refuse', '1')).stdout).toMatch(
    /^REFUSED 1 by demo-operator: \+40 USDT on usdt-per-day/,
  )
  expect(await used(rig)).toEqual([])
})

test('an exception stands beside what is left', async () => {
  const rig = await openLimitsRig()
  await rig.pay('100')
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const said = await byTwo(
    rig,
    'exception',
    '--rule',
    'usdt-per-day',
    ...DIMENSIONS,
    '--amount',
    '500.5',
    '--expires-at',
    expiresAt,
    ...REASON,
  )
  expect(said).toMatch(
    /^APPLIED 1 by demo-operator: 500.5 USDT extra on usdt-per-day of .* until \S+Z \(ticket 7\)\n {2}extra: 500.5\n/,
  )
  expect((await rig.run('viewer', 'usage')).stdout).toMatch(/ 999900 \+500.5 +USDT/)
})

test('a release gives back, a confirmation with other amounts counts them', async () => {
  const rig = await openLimitsRig()
  const [a, b] = [await rig.pay('100'), await rig.pay('30')]
  expect(await byTwo(rig, 'release', '--business-key', a, ...EVIDENCE, ...REASON)).toMatch(
    /^APPLIED 1 .*give back what cobo:\S+ holds/,
  )
  expect(await used(rig)).toEqual(['30'])
  const actual = ['--actual', `USDT-ETHEREUM=20@${CUSTOMER}`]
  expect(await byTwo(rig, 'confirm', '--business-key', b, ...actual, ...EVIDENCE, ...REASON)).toMatch(
    /^APPLIED 2 .* is final, with 20 USDT-ETHEREUM to key20:/,
  )
  expect(await used(rig)).toEqual(['20'])
  const proposals = (await rig.run('viewer', 'proposals')).stdout
  expect(proposals).toMatch(
    / 2 +applied +demo-operator +demo-approver .*[^]* 1 +applied [^]*evidence: own node, block 7\n$/,
  )
})

test('one person confirms what gives nothing back, once', async () => {
  const rig = await openLimitsRig()
  const key = await rig.pay('100')
  const args = ['confirm', '--business-key', key, ...EVIDENCE]
  expect((await rig.run('operator', ...args)).stdout).toBe(`CONFIRMED ${key}\n`)
  expect(await rig.run('operator', ...args)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/HTTP 409: the reservation is confirmed/) as string,
  })
})

test('recount ends with 1 when a counter differs from its ledger', async () => {
  const rig = await openLimitsRig()
  await rig.pay('100')
  expect(await rig.run('operator', 'recount')).toMatchObject({
    exitCode: 0,
    stdout: 'OK: every counter is the sum of its ledger.\n',
  })
  await rig.database.query({ text: "update counter set used = 1 where rule_id = 'usdt-per-day'" })
  const { exitCode, stdout } = await rig.run('operator', 'recount')
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/^RULE .*\nusdt-per-day +asset=USDT-ETHEREUM wallet=\S+ +1 +100000000\n$/)
})

test('a checker that does not answer leaves it unknown whether it was done', async () => {
  const token = join(await temporaryFolder(), 'approver.token')
  await writeFile(token, 'cqadm_abc\n', { mode: 0o600 })
  const args = ['limits', 'approve', '1', '--admin-url', 'http://127.0.0.1:1', '--token-file', token]
  expect(await runCommandLine(args)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /does not answer; whether it was decided is not known: use limits proposals/,
    ) as string,
  })
})
