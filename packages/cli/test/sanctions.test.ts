import { expect, test } from 'vitest'
import { openSanctionsRig } from './sanctions-rig.ts'

const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const OTHER = '0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb0'.toLowerCase()
const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
const FAR = '2027-05-01T00:00:00Z'

test('lists, versions and differences are shown, and a version that a gate held back waits for two people', async () => {
  const rig = await openSanctionsRig([LISTED, OTHER])
  expect((await rig.run('viewer', 'lists')).stdout).toMatch(/^LIST +STANDING +VERSION .*\nhouse +fresh +[0-9a-f]{12}/)
  const shrunk = await rig.deliver([LISTED], 'quarantined')
  const { stdout } = await rig.run('viewer', 'versions', 'house')
  expect(stdout).toMatch(new RegExp(`${shrunk} +quarantined`))
  expect(stdout).toMatch(/shrunk: .*rows 1.*before 2/)
  expect((await rig.run('viewer', 'diff', 'house', '--until', shrunk)).stdout).toMatch(
    new RegExp(`1 removed, 0 added, 0 moved, 0 changed\n.*\nremoved .*${OTHER}`),
  )
  const csv = await rig.run('viewer', 'diff', 'house', '--until', shrunk, '--csv')
  expect(csv.stdout).toMatch(/^change,code,value,.*\r\nremoved,/)
  expect((await rig.run('viewer', 'lists')).stdout).toMatch(/the publication is [0-9a-f]{12}, which is quarantined/)

  await rig.decide('activate-version', 'house', shrunk, '--reason', 'read, ticket 9')
  await expect
    .poll(async () => (await rig.run('viewer', 'lists')).stdout, { timeout: 10_000 })
    .toMatch(/1 removed addresses block until they are acknowledged/)
  expect(await rig.pay(OTHER)).toMatch(/REJECT.*SANCTIONS_MATCH/)
  await rig.decide('acknowledge-removals', 'house', shrunk, '--reason', 'delisted')
  await expect.poll(() => rig.pay(OTHER), { timeout: 10_000 }).toMatch(/APPROVE/)
})

test('an analyst asks about an address in any spelling, and the exit code says what came of it', async () => {
  const rig = await openSanctionsRig([LISTED])
  const listed = await rig.run('viewer', 'screen', LISTED.toLowerCase())
  expect(listed).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^LISTED 0x098b[^]*house +L1/) as string })
  const clean = await rig.run('viewer', 'screen', CUSTOMER, '--chain', 'ethereum')
  expect(clean).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^NOT LISTED/) as string })
  expect(await rig.run('viewer', 'screen', CUSTOMER, '--chain', 'nowhere')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/chain is not in the asset registry/) as string,
  })
})

test('a block of our own and an override need two people, and both show what they did', async () => {
  const rig = await openSanctionsRig([LISTED])
  expect(await rig.pay(CUSTOMER)).toMatch(/APPROVE/)
  const block = ['block', '--address', CUSTOMER, '--source-ref', 'case 1', '--review-at', FAR, '--reason', 'mixer']
  const { id } = await rig.json('operator', ...block)
  expect((await rig.run('operator', 'approve', String(id))).stderr).toMatch(/HTTP 403/)
  expect(await rig.pay(CUSTOMER)).toMatch(/APPROVE/)
  expect((await rig.run('approver', 'approve', String(id))).stdout).toMatch(/^APPLIED .*block 0x8B45/)
  expect(await rig.pay(CUSTOMER)).toMatch(/REJECT.*INTERNAL_BLOCK/)
  expect((await rig.run('viewer', 'blocks')).stdout).toMatch(/1 +active +0x8B45[^]*mixer; case 1/)
  await rig.decide('unblock', '1', '--reason', 'cleared')
  expect(await rig.pay(CUSTOMER)).toMatch(/APPROVE/)

  const override = [
    'override',
    '--address',
    LISTED,
    '--organisation',
    'acme',
    '--wallet',
    'w-1',
    '--case-ref',
    'case 2',
  ]
  const more = ['--expires-at', new Date(Date.now() + 86_400_000).toISOString(), '--reason', 'licence']
  expect((await rig.run('operator', ...override, ...more)).stderr).toMatch(/licence_ref/)
  await rig.decide(...override, ...more, '--licence-ref', 'GL 1')
  expect((await rig.run('viewer', 'overrides')).stdout).toMatch(/1 +active +0x098B[^]*w-1 of acme[^]*licence GL 1/)
  expect((await rig.run('viewer', 'proposals', '--state', 'applied')).stdout).toMatch(/let w-1 of acme pay 0x098B/)
  expect(await rig.run('operator', 'block', '--source-ref', 'c', '--review-at', FAR, '--reason', 'r')).toMatchObject({
    exitCode: 64,
    stderr: expect.stringMatching(/expected one of --address and --party/) as string,
  })
})

test('past approvals are found when their address is listed later, and any of them can be judged again [S30]', async () => {
  const filler = Array.from({ length: 40 }, (_, n) => `0x${(n + 1).toString(16).padStart(40, 'a')}`)
  const rig = await openSanctionsRig(filler)
  expect(await rig.pay(CUSTOMER)).toMatch(/APPROVE/)
  const approved = await rig.record()
  expect(await rig.run('viewer', 'lookback')).toMatchObject({ exitCode: 0 })
  for (let n = 0; n < 29; n += 1) filler.push(`0x${(n + 1).toString(16).padStart(40, 'b')}`)
  for (let n = 41; n <= 69; n += 1) await rig.deliver(filler.slice(0, n))
  await rig.deliver([...filler, CUSTOMER])
  expect(await rig.pay(CUSTOMER)).toMatch(/REJECT.*SANCTIONS_MATCH/)
  const rejected = await rig.record()
  expect(await rig.run('viewer', 'lookback', '--days', '30')).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/cobo:.*0x8B45/) as string,
  })
  const { versions } = await rig.json('viewer', 'versions', 'house')
  expect(versions).toHaveLength(31)

  for (const [record, then] of [
    [approved, 'approve'],
    [rejected, 'reject SANCTIONS_MATCH'],
  ] as const) {
    const replayed = await rig.run('viewer', 'replay', record)
    expect(replayed).toMatchObject({ exitCode: 0, stderr: '' })
    expect(replayed.stdout).toMatch(
      new RegExp(`^THE SAME record ${record} of .*\n  then ${then}\n  now  ${then}\n  with house`),
    )
  }
  expect((await rig.run('viewer', 'replay', '999')).stderr).toMatch(/there is no record 999/)
}, 300_000)

test('what a new version lists is looked for among past approvals by itself, with the day to report it by', async () => {
  const rig = await openSanctionsRig([LISTED])
  expect(await rig.pay(CUSTOMER)).toMatch(/APPROVE/)
  await rig.deliver([LISTED, CUSTOMER])
  await expect
    .poll(async () => (await rig.run('viewer', 'lookback', '--found')).stdout, { timeout: 20_000 })
    .toMatch(/^FOUND +REPORT BY .*\n.* \d{4}-\d\d-\d\d +cobo:.*0x8B45.* house/)
  expect(await rig.run('viewer', 'lookback', '--found', '--source', 'house')).toMatchObject({ exitCode: 1 })
})
