import { afterAll, beforeAll, expect, test } from 'vitest'
import { join } from 'node:path'
import { runCommandLine } from '../command-line.ts'
import { openHealthySet, type HealthySet } from './healthy-set.ts'

let healthy: HealthySet
beforeAll(async () => {
  healthy = await openHealthySet(23_020)
})
afterAll(() => healthy.close())

test('nothing is found at a set that is whole and runs, and every part of it was looked at', async () => {
  const set = await healthy.copy()
  const { exitCode, findings } = await set.doctor(['--strict'])
  expect(findings.filter(({ status }) => status !== 'ok')).toEqual([])
  expect(exitCode).toBe(0)
  expect([...new Set(findings.map(({ check }) => check))]).toEqual([
    'versions',
    'configuration',
    'config lint',
    'files',
    'keys',
    'key dates',
    'tls files',
    'token round trip',
    'data dir',
    'database',
    'clock',
    'checker integrity',
    'checker limits',
    'instance',
    'ports',
  ])
})

test('the table says the same as the JSON, with the count in its last line', async () => {
  const file = join(healthy.folder, 'gateway.yaml')
  const { exitCode, stdout, stderr } = await runCommandLine(['doctor', '--config', file])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(/^STATUS +CHECK +FOUND\n/)
  expect(stdout).toMatch(/\nok +checker limits +https:\/\/.*signed with the key in pubkey_path, as limits\n/)
  expect(stdout).toMatch(/\n0 failed, 0 warnings, \d+ ok, 0 skipped\n$/)
})

test('no password and no key is in what it prints', async () => {
  const set = await healthy.copy()
  const { stdout } = await set.doctor()
  expect(stdout).not.toContain('of-nobody')
  expect(stdout).not.toContain('PRIVATE KEY')
})

test('shows on a terminal how far it is, and clears it away', async () => {
  const written: string[] = []
  const file = join(healthy.folder, 'gateway.yaml')
  await runCommandLine(['doctor', '--config', file], {
    stderr: { isTTY: true, write: (text) => written.push(text) },
  })
  expect(written.join('')).toMatch(/looking at 15 things \.\.\.[^]*15 of 15 done[^]*\r\u001b\[K$/)
})
