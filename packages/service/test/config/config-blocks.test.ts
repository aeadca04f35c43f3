import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { readConfigBlocks } from '../../src/index.ts'

const schema = z.strictObject({
  name: z.string(),
  ports: z.array(z.int()),
  level: z.enum(['info', 'debug']).default('info'),
})

async function blocksOf(text: string, env = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'config blocks '))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'some.yaml')
  await writeFile(path, text)
  return { path, ...(await readConfigBlocks(path, schema, env)) }
}

test('has the blocks that hold, with their defaults, and leaves out those that do not', async () => {
  const { value } = await blocksOf('name: gateway\nports: [1, two]\nunknown: 3\n')
  expect(value).toEqual({ name: 'gateway', level: 'info' })
})

test('leaves a block out whose environment variable is not set', async () => {
  expect((await blocksOf('name: ${NAME}\nports: [1]\n')).value).toEqual({ ports: [1], level: 'info' })
  expect((await blocksOf('name: ${NAME}\nports: [1]\n', { NAME: 'x' })).value).toMatchObject({ name: 'x' })
})

test('says where a member stands, or what is nearest around it', async () => {
  const { path, placeOf } = await blocksOf('name: gateway\nports:\n  - 1\n  - 2\n')
  expect(placeOf(['ports', 1])).toBe(`${path}:4:5 ports[1]`)
  expect(placeOf(['ports', 7])).toBe(`${path}:2:1 ports[7]`)
})

test('of a file that is not there, or is no YAML, there is nothing but the defaults', async () => {
  const { value, placeOf } = await readConfigBlocks('/absent/some.yaml', schema, {})
  expect(value).toEqual({ level: 'info' })
  expect(placeOf(['name'])).toBe('/absent/some.yaml:1:1 name')
  expect((await blocksOf('name: [\n')).value).toEqual({ level: 'info' })
})
