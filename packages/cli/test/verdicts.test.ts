import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommandLine } from './command-line.ts'
import { openLimitsRig } from './limits-rig.ts'

const YEAR = new Date().getUTCFullYear()
const [FROM, UNTIL] = [`${String(YEAR)}-01-01`, `${String(YEAR + 1)}-01-01`]
const NAME = `verdicts-${FROM}-${UNTIL}`

test('verdicts are written with a manifest that the checker signed, and verify finds every change', async () => {
  const rig = await openLimitsRig()
  await rig.pay('100')
  await rig.pay('30')
  const exported = await rig.verdicts('export', '--from', FROM, '--until', UNTIL, '--to', rig.folder)
  expect(exported).toMatchObject({ exitCode: 0, stderr: '' })
  expect(exported.stdout).toMatch(/^.*\.jsonl\n2 verdicts, \d+ bytes\nSHA-256 [0-9a-f]{64}, signed by the checker\n$/)
  const [file, manifest] = [join(rig.folder, `${NAME}.jsonl`), join(rig.folder, `${NAME}.manifest.json`)]
  const content = await readFile(file, 'utf8')
  expect(content.trimEnd().split('\n')).toHaveLength(2)
  expect((await stat(file)).mode & 0o077).toBe(0)
  const verify = (key: string) => runCommandLine(['verdicts', 'verify', manifest, '--pubkey', key])
  expect(await verify(rig.publicKey)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^OK 2 verdicts of limits, /) as string,
  })
  expect(await verify(rig.nodeKey)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/signature of the token does not verify/) as string,
  })
  await writeFile(file, content.replace('"approve"', '"reject"'))
  expect(await verify(rig.publicKey)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/is not what was signed/) as string,
  })
})

test('an export is not written over, and a manifest of something else is not one', async () => {
  const rig = await openLimitsRig()
  const run = () => rig.verdicts('export', '--from', FROM, '--until', UNTIL, '--to', rig.folder)
  expect((await run()).exitCode).toBe(0)
  expect(await run()).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/exists already/) as string })
  const other = join(rig.folder, 'other.manifest.json')
  await writeFile(other, '{"file":"../x","signed":"a"}')
  expect(await runCommandLine(['verdicts', 'verify', other, '--pubkey', rig.publicKey])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/is not the manifest of an export/) as string,
  })
  expect(await rig.verdicts('export', '--from', 'May', '--until', UNTIL, '--to', rig.folder)).toMatchObject({
    exitCode: 64,
    stderr: expect.stringMatching(/Expected a day such as 2026-10-01/) as string,
  })
})
