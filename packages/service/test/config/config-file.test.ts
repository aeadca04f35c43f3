import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ConfigError, duration, expecting, parseConfigText, readConfigFile } from '../../src/config/index.ts'

const schema = z.strictObject({
  name: z.string({ error: expecting('a name', 'gateway') }).optional(),
  count: z.int().min(2).max(9).optional(),
  wait: duration.optional(),
  list: z.array(z.strictObject({ file: z.string(), kind: z.enum(['a', 'b']).optional() })).optional(),
  map: z.record(z.string(), z.string()).optional(),
})

const parse = (text: string, env: Record<string, string | undefined> = {}) =>
  parseConfigText(text, 'a.yaml', schema, env)

function problemsIn(work: () => unknown): readonly string[] {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  throw new Error('nothing was refused')
}

const problems = (text: string, env: Record<string, string | undefined> = {}) => problemsIn(() => parse(text, env))

describe('a readable file', () => {
  test('gives the parsed value, durations in milliseconds, deeply frozen', () => {
    const { value } = parse('name: x\nwait: 8s\nlist: [{ file: k.pem }]\n')
    expect(value).toEqual({ name: 'x', wait: 8_000, list: [{ file: 'k.pem' }] })
    expect(Object.isFrozen(value)).toBe(true)
    expect(Object.isFrozen(value.list?.[0])).toBe(true)
  })

  test('has a digest over the sorted content as written, before defaults and conversions', () => {
    const expected = createHash('sha256')
      .update('{"count":2,"list":[{"file":"k","kind":"a"}],"wait":"8s"}')
      .digest('hex')
    expect(parse('wait: 8s\ncount: 2\nlist:\n  - { kind: a, file: k }\n').digest).toBe(expected)
  })

  test('keeps its digest when layout, comments, order or aliases change, and not when a value does', () => {
    const { digest } = parse('wait: 8s\ncount: 2\nlist: [{ file: k }, { file: k }]\n')
    expect(parse('# words\nlist:\n- &k\n  file: "k"\n- *k\ncount: 2\nwait: 8s\n').digest).toBe(digest)
    expect(parse('wait: 8s\ncount: 3\nlist: [{ file: k }, { file: k }]\n').digest).not.toBe(digest)
  })

  test('has a digest over the environment variables put in', () => {
    const digest = (value: string) => parse('name: ${WHO}\n', { WHO: value }).digest
    expect(digest('x')).toBe(parse('name: x\n').digest)
    expect(digest('y')).not.toBe(digest('x'))
  })

  test('reads words that older YAML took for booleans and dates as the texts they are', () => {
    expect(parse('map: { no: off, 2026-12-31: 2026-12-31 }\n').value.map).toEqual({
      no: 'off',
      '2026-12-31': '2026-12-31',
    })
  })
})

describe('problems', () => {
  test('stand at the value that is wrong, with what was expected and an example', () => {
    expect(problems('count: 3\nname: [1]\n')).toEqual(['a.yaml:2:1 name: is a list; expected a name; example gateway'])
  })

  test('are all told at once, in the order of the file', () => {
    expect(problems('wait: 8 s\ncount: 1\nlist:\n  - kind: c\n    fil: k\n')).toEqual([
      'a.yaml:1:7 wait: is not valid; expected a whole number with ms, s, m or h; example 8s',
      'a.yaml:2:8 count: is not valid; expected at least 2',
      'a.yaml:4:5 list[0].file: is missing; expected a string',
      'a.yaml:4:11 list[0].kind: is not valid; expected one of a, b',
      'a.yaml:5:5 list[0].fil: is not a known key, did you mean file?; expected one of file, kind',
    ])
  })

  test('name every unknown key at its own place and list the known ones', () => {
    expect(problems('nmae: x\nsomething: y\n')).toEqual([
      'a.yaml:1:1 nmae: is not a known key, did you mean name?; expected one of name, count, wait, list, map',
      'a.yaml:2:1 something: is not a known key; expected one of name, count, wait, list, map',
    ])
  })

  test('about a mistyped key suggest no name that is only as short', () => {
    expect(problems('map: {}\nkind: x\n')[0]).toContain('kind: is not a known key; expected')
  })

  test('name a key that stands twice, also when both values are equal', () => {
    expect(problems('name: x\ncount: 2\nname: x\n')).toEqual(['a.yaml:3:1 name: stands here a second time'])
    expect(problems('list: [{ file: k, file: k }]\n')).toEqual(['a.yaml:1:19 list[0].file: stands here a second time'])
    expect(problems('map: { 1: a, "1": b }\n')).toEqual(['a.yaml:1:14 map.1: stands here a second time'])
  })

  test('never repeat what was written', () => {
    const text = 'name: [hunter2]\nwait: hunter2\ncount: "hunter2"\nlist: hunter2\nmap: { x: [hunter2] }\n'
    expect(problems(text)).toHaveLength(5)
    expect(problems(text).join()).not.toContain('hunter2')
    expect(problems('name: "${SECRET}"\nwait: "${SECRET}"\n', { SECRET: 'hunter2' }).join()).not.toContain('hunter2')
    expect(problems('name: x\n  hunter2: [').join()).not.toContain('hunter2')
  })

  test('of a check over several members get the positions of its paths, or of the nearest that is written', () => {
    const check = () => [
      { path: ['list', 0, 'kind'], problem: 'is needed', expected: 'a or b' },
      { path: ['list', 1, 'file'], problem: 'is the same' },
    ]
    const text = 'name: x\nlist:\n  - file: k\n  - file: k\n'
    expect(problemsIn(() => parseConfigText(text, 'a.yaml', schema, {}, check))).toEqual([
      'a.yaml:3:5 list[0].kind: is needed; expected a or b',
      'a.yaml:4:11 list[1].file: is the same',
    ])
  })

  test('of the one member of a union that was meant are told, not those of all', () => {
    const either = z.strictObject({ keys: z.union([z.string(), z.array(z.strictObject({ file: z.string() }))]) })
    expect(problemsIn(() => parseConfigText('keys: [{ fiel: k }]\n', 'a.yaml', either, {}))).toEqual([
      'a.yaml:1:8 keys[0].file: is missing; expected a string',
      'a.yaml:1:10 keys[0].fiel: is not a known key, did you mean file?; expected one of file',
    ])
  })
})

describe('environment variables', () => {
  test('are put into string values, several in one, and what they hold is not looked at again', () => {
    const env = { A: 'x', B: '${A}: [1]', C: '1' }
    expect(parse('name: a-${A}-${B}\nmap: { k: "${C}" }\n', env).value).toEqual({
      name: 'a-x-${A}: [1]',
      map: { k: '1' },
    })
  })

  test('are not put in where $${ asks for the characters themselves', () => {
    expect(parse('name: $${A}-${A}\n', { A: 'x' }).value.name).toBe('${A}-x')
  })

  test('never become another type than text', () => {
    expect(problems('count: ${COUNT}\n', { COUNT: '3' })).toEqual(['a.yaml:1:8 count: is a string; expected a number'])
  })

  test.each([
    ['unset', undefined, 'which is not set'],
    ['empty', '', 'which is empty'],
  ])('that are %s are refused, each once', (_, value, reason) => {
    expect(problems('name: ${A}\nwait: ${A}\n', { A: value })).toEqual([
      `a.yaml:1:7 name: needs the environment variable A, ${reason}`,
      `a.yaml:2:7 wait: needs the environment variable A, ${reason}`,
    ])
  })

  test('are not found on the prototype of the environment', () => {
    expect(problems('name: ${constructor}\n')[0]).toContain('constructor, which is not set')
  })

  test.each(['${', '${}', '${a-b}', '${1}', '${A'])('with the malformed reference %s are refused', (text) => {
    expect(problems(`name: '${text}'\n`, { A: 'x' })[0]).toContain(
      'a.yaml:1:7 name: holds a ${ that begins no reference',
    )
  })

  test('are not put into keys', () => {
    expect(problems('map:\n  ${A}: x\n', { A: 'x' })[0]).toContain('a.yaml:2:3 map.${A}: is a key with ${')
  })

  test('without quotes inside braces are explained, because YAML reads the brace', () => {
    expect(problems('map: { k: ${A} }\n', { A: 'x' })).toEqual([
      'a.yaml:1:12 (file): is not valid YAML (Unexpected flow-map-start at node end); expected quotes around a value with ${; example "${NAME}"',
    ])
  })
})

describe('YAML that is refused', () => {
  test.each([
    ['two documents', 'name: x\n---\nname: y\n'],
    ['an unknown tag', 'name: !secret x\n'],
    ['an alias of nothing', 'name: *x\n'],
    ['an alias within its own anchor', 'list: &a [*a]\n'],
    ['a tab as indentation', 'map:\n\tk: x\n'],
    ['a directive nobody knows', '%FOO x\n---\nname: x\n'],
    ['a key that is a list', '? [a]\n: x\n'],
    ['a file of nothing', ''],
    ['a file of comments', '# nothing\n'],
    ['__proto__ as a key', 'map: { __proto__: x }\n'],
    ['infinity', 'count: .inf\n'],
    ['a number too large to be read exactly', 'count: 9007199254740993\n'],
    ['nesting without end', `list: ${'['.repeat(60)}${']'.repeat(60)}\n`],
  ])('%s', (_, text) => {
    expect(problems(text).join('\n')).toMatch(/^a\.yaml:\d+:\d+ /)
  })

  test('aliases beyond their number, so that a few lines cannot fill the memory', () => {
    const levels = Array.from(
      { length: 9 },
      (_, index) => `  k${index + 1}: &k${index + 1} [${`*k${index},`.repeat(9)}]`,
    )
    const text = `map:\n  k0: &k0 x\n${levels.join('\n')}\n`
    expect(problems(text).filter((problem) => problem.includes('one alias too many'))).toHaveLength(1)
  })

  test('only up to where the parser lost track: the rest would be noise', () => {
    expect(problems('name: x }\nmap: { k: ${A} }\nlist: [}\nwait: {\n')).toHaveLength(1)
  })
})

describe('a schema that would let unknown keys pass', () => {
  const loose = z.object({ a: z.string() })
  test.each([
    ['at the root', loose],
    ['in a list', z.strictObject({ list: z.array(loose) })],
    ['in an optional member with a default', z.strictObject({ a: loose.optional().default({ a: 'x' }) })],
    ['in a union', z.strictObject({ a: z.union([z.string(), loose]) })],
    ['in the values of a record', z.record(z.string(), loose)],
    ['before a transformation', loose.transform(({ a }) => a)],
    ['behind a getter', z.lazy(() => loose)],
    ['as a loose object', z.looseObject({})],
  ])('is a bug that is told, %s', (_, schema) => {
    expect(() => parseConfigText('a: x\n', 'a.yaml', schema, {})).toThrow(TypeError)
  })
})

describe('a file on disk', () => {
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'config file '))
  })
  afterAll(() => rm(directory, { recursive: true }))

  const read = async (content: string | Uint8Array) => {
    const path = join(directory, 'service.yaml')
    await writeFile(path, content)
    return readConfigFile(path, schema, {})
  }

  test('is read with its path and the directory that paths in it are relative to', async () => {
    expect(await read('name: x\n')).toMatchObject({
      path: join(directory, 'service.yaml'),
      directory,
      value: { name: 'x' },
    })
  })

  test('that is not there is a problem of the configuration', async () => {
    const path = join(directory, 'absent.yaml')
    await expect(readConfigFile(path, schema, {})).rejects.toThrow(
      new ConfigError([`${path}:1:1 (file): cannot be read (ENOENT); expected a YAML file in UTF-8`]),
    )
  })

  test('with bytes that are not UTF-8 is refused', async () => {
    await expect(read(Buffer.from([0x6e, 0x3a, 0x20, 0xff]))).rejects.toThrow('is not valid UTF-8')
  })

  test('beyond the size that people write is refused', async () => {
    await expect(read(`# ${'x'.repeat(4 * 1024 * 1024)}\n`)).rejects.toThrow('is larger than 4194304 bytes')
  })
})
