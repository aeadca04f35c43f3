import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const deploy = join(import.meta.dirname, '../../deploy')
const scripts = readdirSync(deploy, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.sh') && !path.includes('node_modules'),
)

const isHere = ((): boolean => {
  try {
    execFileSync('shellcheck', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

test('every script below deploy can be run as it is, and stops at what fails', () => {
  expect(scripts).toEqual(expect.arrayContaining(['compose/make-secrets.sh', 'image/collect-runtime.sh']))
  for (const script of scripts) {
    expect(statSync(join(deploy, script)).mode & 0o111, script).toBe(0o111)
    execFileSync('grep', ['-qE', '^set -e', join(deploy, script)])
  }
})

test.runIf(isHere)(
  `shellcheck has nothing to say about them${isHere ? '' : ' (left out: shellcheck is not installed)'}`,
  () => {
    execFileSync(
      'shellcheck',
      scripts.map((script) => join(deploy, script)),
      { stdio: 'pipe' },
    )
  },
)
