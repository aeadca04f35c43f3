import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { validate } from 'dockerfile-utils'
import { beforeAll, expect, test } from 'vitest'
import { dockerfileStages, isInContext, type Stage } from './dockerfile-stages.ts'

const root = join(import.meta.dirname, '../..')
const SERVICES = { gateway: 0, limits: 1, sanctions: 2, 'business-lookup': 3, integrity: 4 }
const FIRST_PORT = 11_020

let text = ''
let stages: readonly Stage[] = []
let patterns: readonly string[] = []
beforeAll(async () => {
  text = await readFile(join(root, 'deploy/image/Dockerfile'), 'utf8')
  stages = dockerfileStages(text)
  const ignore = await readFile(join(root, 'deploy/image/Dockerfile.dockerignore'), 'utf8')
  patterns = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
})
const stage = (name: string): Stage => stages.find((candidate) => candidate.name === name)!
const texts = (name: string, keyword: string): readonly string[] =>
  stage(name)
    .instructions.filter((instruction) => instruction.keyword === keyword)
    .map((instruction) => instruction.text)

test('the Dockerfile has no finding of dockerfile-utils', () => {
  const findings = validate(text).map(({ message, range }) => ({ line: range.start.line + 1, message }))
  expect(findings).toEqual([])
})

test('it has a target for every service and one for people, all on the same files', () => {
  expect(stages.map(({ name, from }) => `${name} < ${from}`)).toEqual([
    'build < node:24.21.0-bookworm-slim',
    'runtime < scratch',
    'cli < runtime',
    ...Object.keys(SERVICES).map((name) => `${name} < runtime`),
  ])
  for (const { instructions } of stages.slice(2))
    expect(instructions.filter(({ keyword }) => ['COPY', 'RUN', 'USER', 'ENTRYPOINT'].includes(keyword))).toEqual([])
})

test('the versions are the ones with which everything here is built and tested', async () => {
  const bootstrap = await readFile(join(root, 'bootstrap.mjs'), 'utf8')
  const version = (name: string): string => new RegExp(`const ${name} = '([0-9.]+)'`).exec(bootstrap)?.[1] ?? ''
  expect(stage('build').from).toBe(`node:${version('NODE')}-bookworm-slim`)
  expect(texts('build', 'RUN')[0]).toContain(`"pnpm@${version('PNPM')}"`)
})

test('what runs is a number and no name, has nothing fetched by URL, and no shell reads its command', () => {
  expect(texts('runtime', 'USER')).toEqual(['65532:65532'])
  expect(stages.flatMap(({ instructions }) => instructions).filter(({ keyword }) => keyword === 'ADD')).toEqual([])
  expect(text).not.toMatch(/:latest|--privileged|curl |wget |apt-get/)
  const commands = stages
    .slice(1)
    .flatMap(({ instructions }) => instructions)
    .filter(({ keyword }) => ['ENTRYPOINT', 'CMD', 'HEALTHCHECK', 'RUN'].includes(keyword))
  expect(commands.length).toBe(1 + 6 + 5)
  for (const command of commands) {
    const list = JSON.parse(command.text.replace(/^.*?CMD (?=\[)/, '')) as unknown
    expect(list).toEqual(expect.arrayContaining([expect.any(String)]))
  }
})

test.each(Object.entries(SERVICES))('the target %s runs that service and asks its own port', (name, index) => {
  expect(texts(name, 'CMD')).toEqual([`["${name}", "--config", "/etc/callback-quorum/${name}.yaml"]`])
  const [callback, metrics] = [FIRST_PORT + index, FIRST_PORT + 100 + index]
  expect(texts(name, 'EXPOSE')).toEqual([`${String(callback)} ${String(metrics)}`])
  expect(texts(name, 'HEALTHCHECK')[0]).toContain(`http://127.0.0.1:${String(metrics)}/readyz`)
})

test('everything that is copied is there and is sent, and no key, test or build of this checkout is', () => {
  for (const { instructions } of stages)
    for (const { text: copied } of instructions.filter(({ keyword }) => keyword === 'COPY')) {
      const [, from, sources = ''] = /^(?:--from=(\S+) )?(.+) \S+$/.exec(copied) ?? []
      if (from === undefined)
        for (const source of sources.split(' ').filter((path) => path !== '.')) {
          expect(existsSync(join(root, source)), source).toBe(true)
          expect(isInContext(source, patterns), source).toBe(true)
        }
      else expect(stages.map(({ name }) => name)).toContain(from)
    }
  const isSent = (path: string): boolean => isInContext(path, patterns)
  expect(
    ['package.json', 'packages/limits/src/index.ts', 'deploy/image/collect-runtime.sh'].filter(isSent),
  ).toHaveLength(3)
  const unsent = [
    '.git/config',
    'node_modules/pg/package.json',
    'packages/limits/node_modules/zod/index.js',
    'packages/limits/dist/index.js',
    'packages/limits/test/limits-rig.ts',
    'packages/limits/keys/limits.pem',
    'deploy/compose/secrets/limits/limits.pem',
    'test/e2e/rig.ts',
  ]
  expect(unsent.filter(isSent)).toEqual([])
})
