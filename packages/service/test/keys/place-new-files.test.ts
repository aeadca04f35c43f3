import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { placeNewFiles, replaceFile } from '../../src/keys/index.ts'

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'placed files '))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

test('all files are written with their modes, in folders that were not there', async () => {
  const place = join(await folder(), 'a/b')
  await placeNewFiles([
    { path: join(place, 'secret'), content: 's', mode: 0o600 },
    { path: join(place, 'open'), content: 'o', mode: 0o644 },
  ])
  expect(await readdir(place)).toEqual(['open', 'secret'])
  expect([await modeOf(join(place, 'secret')), await modeOf(join(place, 'open')), await modeOf(place)]).toEqual([
    0o600, 0o644, 0o700,
  ])
})

test('when the last of three exists, none of the others stays', async () => {
  const place = await folder()
  await writeFile(join(place, 'c'), 'mine')
  const files = ['a', 'b', 'c'].map((name) => ({ path: join(place, name), content: 'new', mode: 0o600 }))
  await expect(placeNewFiles(files)).rejects.toMatchObject({ code: 'ERR_SERVICE_KEY_EXISTS' })
  expect(await readdir(place)).toEqual(['c'])
  expect(await readFile(join(place, 'c'), 'utf8')).toBe('mine')
})

test('a replaced file stays beside the new one', async () => {
  const place = await folder()
  const path = join(place, 'cert.pem')
  await writeFile(path, 'old')
  await replaceFile({ path, content: 'new', mode: 0o644 }, 'old', join(place, 'cert.1.pem'))
  expect([await readFile(path, 'utf8'), await readFile(join(place, 'cert.1.pem'), 'utf8')]).toEqual(['new', 'old'])
  expect(await readdir(place)).toEqual(['cert.1.pem', 'cert.pem'])
})

test('a run that ended after keeping the old file is finished by the next one', async () => {
  const place = await folder()
  const path = join(place, 'cert.pem')
  await writeFile(path, 'old')
  await writeFile(join(place, 'kept'), 'old')
  await replaceFile({ path, content: 'new', mode: 0o644 }, 'old', join(place, 'kept'))
  expect(await readFile(path, 'utf8')).toBe('new')
})

test('a file that changed meanwhile, or a kept one of other content, is left as it is', async () => {
  const place = await folder()
  const path = join(place, 'cert.pem')
  await writeFile(path, 'newer')
  await writeFile(join(place, 'taken'), 'other')
  const next = { path, content: 'new', mode: 0o644 }
  await expect(replaceFile(next, 'newer', join(place, 'taken'))).rejects.toMatchObject({
    code: 'ERR_SERVICE_KEY_EXISTS',
  })
  await expect(replaceFile(next, 'old', join(place, 'kept'))).rejects.toMatchObject({
    code: 'ERR_SERVICE_FILE_CHANGED',
  })
  expect([await readFile(path, 'utf8'), await readFile(join(place, 'taken'), 'utf8')]).toEqual(['newer', 'other'])
  expect((await readdir(place)).filter((name) => name.endsWith('.tmp'))).toEqual([])
})
