import { expect, test } from 'vitest'
import type { Picture } from '../src/status/picture.ts'
import { runCommandLine } from './command-line.ts'
import { gatewayMetrics, startFakeService } from './status-rig.ts'

const ESCAPE = String.fromCharCode(27)
/** Clears the screen and writes what nobody decided. */
const FORGED = `${ESCAPE}[2J${ESCAPE}[Hall is well`

const statusOf = async (metrics: string, ...more: readonly string[]) => {
  const { url } = await startFakeService(metrics)
  return runCommandLine(['status', '--once', '--metrics', url, ...more], { env: { NO_COLOR: '1' } })
}

test('a service whose name moves the cursor writes nothing over our screen, frozen or not', async () => {
  for (const frozen of [0, 1] as const) {
    const metrics = gatewayMetrics({ frozen }).replaceAll('service="gateway"', `service="${FORGED}"`)
    const { stdout, stderr, exitCode } = await statusOf(metrics)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('\\u{1b}[2J')
    expect(stdout).not.toContain(ESCAPE)
  }
})

test('an expiry that is no day is left out, and the picture is there all the same', async () => {
  const absurd = ['1e300', '-1e300', '9e12'].map(
    (seconds, index) => `callback_quorum_certificate_expiry_timestamp_seconds{role="absurd ${index}"} ${seconds}`,
  )
  const { stdout, exitCode } = await statusOf(`${gatewayMetrics()}${absurd.join('\n')}\n`, '--output', 'json')
  expect(exitCode).toBe(0)
  expect((JSON.parse(stdout) as Picture).services[0]?.next_expiry?.role).toBe('callers node-eu-1')
})

test('a gateway whose database does not say whether it is frozen is not called unfrozen', async () => {
  const metrics = gatewayMetrics().replace(/(callback_quorum_frozen\S*) 0/, '$1 Nan')
  const { stdout } = await statusOf(metrics, '--output', 'json')
  expect((JSON.parse(stdout) as Picture).services[0]?.gateway?.frozen).toBeNull()
})
