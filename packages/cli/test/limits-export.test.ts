import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLimitsRig } from './limits-rig.ts'

const MONTH = new Date().toISOString().slice(0, 7)

test('a month is written to a file, with a manifest that proves it', async () => {
  const rig = await openLimitsRig()
  await rig.pay('100')
  await rig.pay('30')
  const { stdout } = await rig.run('viewer', 'export', '--month', MONTH, '--to', rig.folder)
  const file = join(rig.folder, `ledger-${MONTH}.jsonl`)
  const content = await readFile(file)
  const sha256 = createHash('sha256').update(content).digest('hex')
  expect(stdout).toBe(`${file}\n2 reservations, 2 entries\nSHA-256 ${sha256}\n`)
  const manifest: unknown = JSON.parse(await readFile(join(rig.folder, `ledger-${MONTH}.manifest.json`), 'utf8'))
  expect(manifest).toEqual({
    month: MONTH,
    file: `ledger-${MONTH}.jsonl`,
    upto: expect.stringMatching(/Z$/) as string,
    sha256,
    bytes: content.length,
    reservations: 2,
    entries: 2,
  })
  const lines = content
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(lines).toMatchObject([
    { kind: 'reservation' },
    { kind: 'reservation' },
    { kind: 'entry', amount: '100000000' },
    { kind: 'entry', amount: '30000000' },
  ])
  expect((await stat(file)).mode & 0o077).toBe(0)
})

test('nothing is overwritten, not even by half', async () => {
  const rig = await openLimitsRig()
  const run = () => rig.run('viewer', 'export', '--month', '2025-01', '--to', rig.folder)
  expect((await run()).exitCode).toBe(0)
  const before = await readFile(join(rig.folder, 'ledger-2025-01.manifest.json'), 'utf8')
  expect(await run()).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/manifest.json exists already; nothing was changed/) as string,
  })
  await rm(join(rig.folder, 'ledger-2025-01.jsonl'))
  expect((await run()).exitCode).toBe(1)
  expect(await readdir(rig.folder)).toEqual(['ledger-2025-01.manifest.json'])
  expect(await readFile(join(rig.folder, 'ledger-2025-01.manifest.json'), 'utf8')).toBe(before)
  await rm(join(rig.folder, 'ledger-2025-01.manifest.json'))
  await run()
  await rm(join(rig.folder, 'ledger-2025-01.manifest.json'))
  expect(await run()).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/jsonl exists already, or cannot be made/) as string,
  })
})

test('an export that fails leaves no file behind', async () => {
  const rig = await openLimitsRig()
  await rig.pay('100')
  await rig.database.query({ text: 'alter table entry rename to entry_away' })
  const { exitCode, stderr } = await rig.run('viewer', 'export', '--month', MONTH, '--to', rig.folder)
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/HTTP 500/) as string })
  expect(await readdir(rig.folder)).toEqual([])
})
