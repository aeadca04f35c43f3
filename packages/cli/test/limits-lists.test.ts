import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CUSTODY } from '@callback-quorum/simulator'
import { CUSTOMER, openLimitsRig } from './limits-rig.ts'
import { temporaryFolder } from './temporary-folder.ts'

test('usage is a table with a bar, or everything as JSON', async () => {
  const rig = await openLimitsRig()
  expect((await rig.run('viewer', 'usage')).stdout).toBe('Nothing is counted yet.\n')
  for (let n = 1; n <= 10; n += 1) await rig.pay('25000')
  const { exitCode, stdout } = await rig.run('viewer', 'usage')
  expect(exitCode).toBe(0)
  const [head, row, ...rest] = stdout.split('\n')
  expect(head).toMatch(/^RULE +OF +USED +LIMIT +LEFT +UNIT +NEXT FREE$/)
  expect(row).toMatch(
    new RegExp(
      `^usdt-per-day +asset=USDT-ETHEREUM wallet=${CUSTODY.walletId} +██░░░░░░░░ +250000 +1000000 +750000 +USDT +\\d{4}-`,
    ),
  )
  expect(rest).toEqual([''])
  expect(await rig.json('viewer', 'usage', '--rule', 'usdt-per-day')).toMatchObject({
    counters: [{ rule: 'usdt-per-day', used: '250000', used_atomic: '250000000000', measure: 'amount' }],
  })
  expect((await rig.run('viewer', 'usage', '--dimension', 'wallet:none')).stdout).toBe('Nothing is counted yet.\n')
})

test('reservations are listed with what they count', async () => {
  const rig = await openLimitsRig()
  expect((await rig.run('viewer', 'reservations')).stdout).toBe('There is none.\n')
  const key = await rig.pay('12.5')
  const { stdout } = await rig.run('viewer', 'reservations', '--state', 'held')
  expect(stdout).toMatch(
    new RegExp(`^BUSINESS KEY .*\\n${key} +held +${CUSTODY.walletId} +\\S+Z +usdt-per-day 12.5 USDT\\n$`),
  )
  expect(await rig.json('viewer', 'reservations', '--business-key', key)).toMatchObject({
    reservations: [
      {
        business_key: key,
        bound: true,
        parts: [
          { asset: 'USDT-ETHEREUM', amount: '12.5' },
          { asset: 'ETH', fee: true },
        ],
      },
    ],
    next: null,
  })
})

test('more than one page is told, and can be had', async () => {
  const rig = await openLimitsRig()
  await rig.database.query({
    text: `insert into reservation (business_key, state, facts, created_at, counted_at)
           select 'cobo:acme:' || n, 'held', '{"wallet": null, "parts": []}', clock_now(), clock_now() from generate_series(1, 101) n`,
  })
  const [, after = ''] = /\nMore: --after (\d+)\n$/.exec((await rig.run('viewer', 'reservations')).stdout) ?? []
  expect((await rig.run('viewer', 'reservations', '--after', after)).stdout).toMatch(
    /^BUSINESS KEY .*\ncobo:acme:1 +held +- .*\n$/,
  )
})

test('simulate tells what would be said and reserves nothing', async () => {
  const rig = await openLimitsRig()
  await rig.pay('100')
  const asked = [
    'simulate',
    '--caller',
    'node-demo',
    '--wallet',
    CUSTODY.walletId,
    '--asset',
    'USDT-ETHEREUM',
    '--to',
    CUSTOMER,
  ]
  expect((await rig.run('operator', ...asked, '--amount', '25000')).stdout).toMatch(
    /^APPROVE\n\nRULE .*\nusdt-per-payment +0 +25000 +25000 +25000 +USDT\nusdt-per-day +100 +25000 +1000000 +999900 +USDT\n$/,
  )
  expect((await rig.run('operator', ...asked, '--amount', '25000.1')).stdout).toMatch(
    /^REJECT\n {2}LIMIT_TX: 25000.1 USDT is over the limit usdt-per-payment/,
  )
  expect(await rig.json('viewer', 'reservations')).toMatchObject({ reservations: [{ state: 'held' }] })
  const refused = await rig.run('viewer', ...asked, '--amount', '1')
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/HTTP 403: the role operator is needed/) as string,
  })
})

test('backtest plays the ledger under the rules of a file', async () => {
  const rig = await openLimitsRig()
  await rig.pay('100')
  const key = await rig.pay('101')
  const file = join(await temporaryFolder(), 'new-rules.yaml')
  await writeFile(
    file,
    'version: 2\nrules:\n  - { id: all, window: tx, limit: "100" }\n  - { id: shy, mode: shadow, measure: count, window: lifetime, limit: "1" }\n',
  )
  const args = ['backtest', '--rules', file, '--from', '2026-01-01T00:00:00Z', '--to', '2100-01-01T00:00:00Z']
  const { stdout } = await rig.run('operator', ...args)
  expect(stdout).toMatch(/^1 of 2 payments would have been refused.\n\nRULE .*\nall +LIMIT_TX +enforce +1\n/)
  expect(stdout).toMatch(new RegExp(`\\n\\nFIRST REFUSED .*\\n${key} +\\S+Z +LIMIT_TX\\n$`))
  expect(await rig.json('operator', ...args)).toMatchObject({
    considered: 2,
    would_refuse: 1,
    first: [{ business_key: key }],
  })

  await writeFile(file, 'version: 2\nrules:\n  - { id: all, window: tx }\n  - { id: all, limit: "1" }\n')
  const { exitCode, stderr } = await rig.run('operator', ...args)
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/HTTP 400: rules:3:\d+ rules\[0\]\.limit: is missing[^]*rules\[1\]\.id: is already/)
  const missing = await rig.run('operator', 'backtest', '--rules', `${file}.none`, '--from', 'x', '--to', 'y')
  expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/cannot be read/) as string })
})
